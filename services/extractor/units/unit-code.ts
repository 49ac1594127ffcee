import { foldedText } from "../grounding/printed/folded-text.ts";
import { UNIT_WORDS } from "./unit-words.ts";

/** How Recommendations 20 and 21 write their codes. */
const CODE = /^[0-9A-Z]{2,3}$/;
/** Codes for one of something, of which every program takes another for the same goods; `PCE` is that of EDIFACT. */
const ONE: ReadonlySet<string> = new Set(["H87", "C62", "EA", "NAR", "NIU", "PCE", "XPP", "PP"]);
/** Plurals that forms leave open: `Tag(e)`, `pièce(s)`. */
const OPEN_ENDING = /\(\p{L}{1,2}\)/gu;
/** Thousands in America and metres in Europe. */
const UNCLEAR = "M";
/** Sheets in Recommendation 21, and pieces on every page of a German ERP, in capitals as well: there the word counts. */
const WORD_FIRST = "ST";

const CODE_OF_WORD: ReadonlyMap<string, string> = new Map(
  UNIT_WORDS.flatMap(([code, words]) => words.map((word) => [bare(word), code] as const)),
);
/** Rec. 21 codes stood without their X in older lists of Rec. 20. */
const CODES: ReadonlySet<string> = new Set([
  ...UNIT_WORDS.flatMap(([code]) => (/^X\w\w$/.test(code) ? [code, code.slice(1)] : code)),
  ...ONE,
  ...["PF", "XPF"],
]);

/**
 * The UN/ECE code of a unit as a page prints it: of a word that is known, or of a code itself. Undefined for anything else,
 * and for what means several units.
 */
export function unitCodeOf(printed: string): string | undefined {
  const plain = printed.normalize("NFKC").trim();
  if (plain === UNCLEAR) return undefined;
  if (CODES.has(plain) && plain !== WORD_FIRST)
    return plain.length === 2 && CODES.has(`X${plain}`) ? `X${plain}` : plain;
  return CODE_OF_WORD.get(bare(plain));
}

/** The code of a unit that e-invoice data states: their rules want one, and what looks like one is taken as it is (BT-130). */
export function statedUnitCode(stated: string): string | undefined {
  return CODE.test(stated) ? stated : unitCodeOf(stated);
}

/** Whether two codes mean the same unit, as far as it is counted or measured by. */
export function isSameUnit(one: string, other: string): boolean {
  return canonical(one) === canonical(other);
}

function canonical(code: string): string {
  if (ONE.has(code)) return "H87";
  const known = CODES.has(`X${code}`) ? `X${code}` : code;
  return known === "XPF" ? "XPX" : known;
}

function bare(word: string): string {
  return foldedText(word.normalize("NFKC").replace(OPEN_ENDING, "")).replace(/[\s.-]/g, "");
}
