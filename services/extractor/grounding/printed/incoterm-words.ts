import type { TextPage } from "../../pdf/text-layer.ts";
import { foldedText } from "./folded-text.ts";

/**
 * Rules of delivery as people write them out, folded: English, German, French, Italian, Spanish, Dutch, Polish. A reader who
 * knows the Incoterms gives their three letters for them.
 */
const IN_WORDS =
  /(?<!\p{L})(?:ex[ -]?(?:works|factory|warehouse)|free (?:carrier|alongside|on board)|cost(?:,| and) |carriage paid|delivered (?:at|duty)|free delivery|ab (?:werk|lager)|frei (?:haus|fracht|bord|grenze)|unfrei|frachtfrei|verzollt|geliefert|(?:depart|sortie) usine|franco|rendu|port (?:paye|du)|cout et fret|franco fabbrica|porto (?:franco|assegnato)|reso|en fabrica|franco a bordo|portes? (?:pagados?|debidos?)|entregad[ao]|af fabriek|vrachtvrij|geleverd|loco|z zakladu|dostarczon[ey])/u;

/** Whether pages write a rule of delivery out, whichever it is. */
export function isIncotermInWords(pages: readonly TextPage[]): boolean {
  return pages.some(({ rows }) => rows.some(({ cells }) => cells.some(({ text }) => IN_WORDS.test(foldedText(text)))));
}
