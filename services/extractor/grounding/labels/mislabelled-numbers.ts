import type { Facts } from "@flowstate/contracts";
import type { TextCell, TextPage } from "../../pdf/text-layer.ts";
import { answeredOnce } from "../printed/answered-once.ts";
import { foldedText } from "../printed/folded-text.ts";
import { type Place, placesWhere } from "../printed/printed-place.ts";
import { PrintedValue } from "../printed/printed-value.ts";
import { isHeading } from "../title/document-titles.ts";
import { meaningsAt } from "./label-of-place.ts";
import { type NumberMeaning, numberMeanings } from "./number-words.ts";

/** A document's number is introduced at its beginning; what follows repeats it. */
const PAGES = 2;
/** Of one kind: a full container ship's bill of lading has hundreds. */
const MAX_ORDERS = 50;
/** A number of fewer letters and digits stands for many things. */
const MIN_LENGTH = 3;
/** A longer cell is a sentence, in UTF-16 units. */
const MAX_TITLE = 80;
/** A word with a digit that is no code in brackets and no date: `NK-2026-04711`, but neither `(380)` nor `5.3.2026`. */
const NUMBER =
  /(?<![^\s:#°])(?=\S*\d)(?!\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?!\S))[\p{L}\p{N}][\p{L}\p{N}./_-]{2,}(?![^\s,;])/u;

const OTHER: ReadonlySet<NumberMeaning> = new Set(["other"]);

/** What the words for each of these numbers may say, its own first. Contracts are ordered from, what is delivered was shipped. */
const SAID: Readonly<Record<"order" | "contract" | "delivery" | "shipment", readonly NumberMeaning[]>> = {
  order: ["order"],
  contract: ["contract", "order"],
  delivery: ["delivery", "shipment"],
  shipment: ["shipment", "delivery"],
};

/**
 * Pointers to the document's number, and to numbers that it refers to, that the page says are something else: wherever one is
 * printed stand the words for another, or no words while it was read as something else, too. Of the document's own also where it has no words, and
 * another number stands behind the document's title. None where the page does not tell.
 */
export function mislabelledNumbers(facts: Facts, pages: readonly TextPage[]): readonly string[] {
  // What calls itself nothing that is known may call its number anything.
  if (facts.document_type === "other") return [];
  const { purchase_order_numbers: orders, contract_number, delivery_note_number, shipment_number } = facts.references;
  const meaningsIn = answeredOnce((words) => numberMeanings(words, facts.document_type));
  const isOther = (number: string | null, said: readonly NumberMeaning[]) => {
    const meanings = meaningsOf(number, facts, pages, meaningsIn);
    const wanted = number === facts.document_number ? said.slice(0, 1) : said;
    return (
      meanings.length > 0 && meanings.every((each) => each.size > 0 && !wanted.some((meaning) => each.has(meaning)))
    );
  };
  return [
    ...(isOther(facts.document_number, ["own"]) || isTitledOtherwise(facts, pages, meaningsIn)
      ? ["/document_number"]
      : []),
    ...orders
      .slice(0, MAX_ORDERS)
      .flatMap((number, index) => (isOther(number, SAID.order) ? `/references/purchase_order_numbers/${index}` : [])),
    ...(isOther(contract_number, SAID.contract) ? ["/references/contract_number"] : []),
    ...(isOther(delivery_note_number, SAID.delivery) ? ["/references/delivery_note_number"] : []),
    ...(isOther(shipment_number, SAID.shipment) ? ["/references/shipment_number"] : []),
  ];
}

/** What folded words say that the number behind them is. */
type MeaningsIn = (words: string) => ReadonlySet<NumberMeaning>;

/** For each place of a number what is said of it. */
function meaningsOf(
  number: string | null,
  facts: Facts,
  pages: readonly TextPage[],
  meaningsIn: MeaningsIn,
): readonly ReadonlySet<NumberMeaning>[] {
  if (number === null || compact(number).length < MIN_LENGTH) return [];
  const printed = new PrintedValue(number);
  const isStated = numbersOfOthers(facts).has(number);
  return placesWhere(pages, (text) => printed.indexIn(text)).map((place) => {
    if (isBesideTown(place, number, facts)) return OTHER;
    const meanings = meaningsAt(place, meaningsIn);
    return meanings.size === 0 && isStated ? OTHER : meanings;
  });
}

/** What was read as a number of a place, a party, an account or an item. */
function numbersOfOthers({ vendor, buyer, ship_to, payment, lines }: Facts): ReadonlySet<string | null> {
  const parties = [vendor, buyer, ship_to].flatMap((party) => party ?? []);
  return new Set([
    payment.iban,
    ...parties.flatMap(({ postal_code, tax_ids }) => [postal_code, ...tax_ids.map(({ value }) => value)]),
    ...lines.flatMap(({ seller_item_number, buyer_item_number, gtin, batch }) => [
      seller_item_number,
      buyer_item_number,
      gtin,
      batch,
    ]),
  ]);
}

/** As a postal code is, with nothing before it but the letters of a country. */
function isBesideTown({ cell, before }: Place, number: string, { vendor, buyer, ship_to, carrier }: Facts): boolean {
  if (/\p{L}{3}/u.test(before)) return false;
  const behind = foldedText(cell.text.slice(before.length + number.length)).trimStart();
  const towns = [vendor, buyer, ship_to, carrier].flatMap((party) => party?.city ?? []);
  return towns.some((town) => behind.startsWith(foldedText(town)));
}

/** Whether the document's number is nowhere called its number, and another one is. */
function isTitledOtherwise(facts: Facts, pages: readonly TextPage[], meaningsIn: MeaningsIn): boolean {
  const { document_number: number, document_type: type } = facts;
  const meanings = meaningsOf(number, facts, pages, meaningsIn);
  if (number === null || meanings.length === 0 || meanings.some((each) => each.has("own"))) return false;
  const own = compact(number);
  const titled = pages
    .slice(0, PAGES)
    .flatMap(({ rows }) =>
      rows.flatMap(({ cells }) => cells.flatMap((cell, at) => titledNumber(cell, cells[at + 1], type))),
    )
    .map(compact);
  return titled.length > 0 && titled.every((other) => !own.includes(other));
}

/** The number behind the document's title, in its cell or in the next. */
function titledNumber(cell: TextCell, next: TextCell | undefined, type: Facts["document_type"]): readonly string[] {
  if (cell.text.length > MAX_TITLE) return [];
  const within = NUMBER.exec(cell.text);
  const title = foldedText(cell.text.slice(0, within?.index)).replace(/[\s:]+$/, "");
  if (!isHeading(title) || !numberMeanings(title, type).has("own")) return [];
  if (within !== null) return [within[0]];
  const beside = NUMBER.exec(next?.text.slice(0, MAX_TITLE) ?? "");
  return beside?.index === 0 ? [beside[0]] : [];
}

function compact(number: string): string {
  return foldedText(number).replace(/[^\p{L}\p{N}]/gu, "");
}
