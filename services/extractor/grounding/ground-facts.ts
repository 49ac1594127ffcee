import { decimalSchema, type Facts, type GroundedField, type Grounding } from "@flowstate/contracts";
import { isPrintedInParts } from "./amounts/printed-in-parts.ts";
import { isTaxInParts } from "./amounts/tax-in-parts.ts";
import { unmatchedAmounts } from "./amounts/unmatched-amounts.ts";
import { agrees, comparedSign, type Sign } from "./compared-sign.ts";
import { type FactValue, factValues } from "./fact-values.ts";
import { mislabelledDates } from "./labels/mislabelled-dates.ts";
import { mislabelledMeasures } from "./labels/mislabelled-measures.ts";
import { mislabelledNumbers } from "./labels/mislabelled-numbers.ts";
import { mislabelledTransport } from "./labels/mislabelled-transport.ts";
import { type Block, lineBlocks } from "./lines/line-blocks.ts";
import { LineNumbers } from "./lines/line-numbers.ts";
import { lineRegions } from "./lines/line-regions.ts";
import { findLineTable } from "./lines/line-table.ts";
import { LineTexts } from "./lines/line-texts.ts";
import { groundedUnit } from "./lines/line-units.ts";
import { misreadCodes } from "./lines/misread-codes.ts";
import { misreadColumns } from "./lines/misread-columns.ts";
import { misreadFactors } from "./lines/misread-factors.ts";
import { remarksAmongLines } from "./lines/remarks.ts";
import { RowNumbers } from "./lines/row-numbers.ts";
import { toldCodes } from "./lines/told-codes.ts";
import { toldOrigins } from "./lines/told-origins.ts";
import { exchangedRecipients } from "./parties/exchanged-recipients.ts";
import { misplacedDetails } from "./parties/misplaced-details.ts";
import { mistakenCarrier } from "./parties/mistaken-carrier.ts";
import { printedCountries } from "./parties/printed-countries.ts";
import { groundedRoles } from "./parties/printed-roles.ts";
import { isCutShort } from "./printed/cut-identifier.ts";
import { isIncotermInWords } from "./printed/incoterm-words.ts";
import { lettersAndDigits } from "./printed/letters-and-digits.ts";
import { isPrintedCurrency } from "./printed/printed-currency.ts";
import type { PrintedDocument } from "./printed/printed-document.ts";
import { isMoney, placesOfMoney } from "./printed/printed-money.ts";
import { magnitude } from "./printed/printed-number.ts";
import { isPrintedCode, isPrintedInPieces } from "./printed/printed-text.ts";
import { isPrintedType } from "./title/printed-type.ts";

type Grounded = GroundedField["grounded"];

/** Of a VAT identification number. */
const COUNTRY_PREFIX = /^[A-Z]{2}(?=.*(?:\d.*){7})/;
/** Numbers that name one document or item as a whole. Codes of tariffs and tax numbers are printed with more, or less. */
const NAMES_ONE_THING =
  /^\/document_number$|^\/references\/(?:purchase_order_numbers\/\d+|(?:contract|delivery_note|shipment)_number)$|^\/lines\/\d+\/(?:(?:seller|buyer)_item_number|batch)$/;
/** Decimals of the score. */
const SCORE_SCALE = 4;

export interface GroundedFacts {
  readonly grounding: Grounding;
  /**
   * Pointers to what is printed as something else: texts of lines with another line, dates and numbers behind the words for
   * others, parts of a party with the other party.
   */
  readonly misplaced: ReadonlySet<string>;
  /** Indexes of lines that state no number, and are remarks that the page prints among its lines. */
  readonly remarks: ReadonlySet<number>;
}

/**
 * Looks every value up in the text of the document's pages: numbers and dates in whatever format, texts whatever their
 * white space, case and hyphens; amounts also by their sign, as far as `comparedSign` says. Without text, nothing is
 * checkable; without amounts on the page, none that the document's own data states (`isDataAlone`) is. Pure.
 */
export function groundFacts(
  facts: Facts,
  printed: PrintedDocument | undefined,
  { isDataAlone = false }: { readonly isDataAlone?: boolean } = {},
): GroundedFacts {
  const values = factValues(facts);
  if (printed?.isReadable !== true) {
    const fields = values.map(({ path }) => ({ path, grounded: "not_checkable" as const }));
    const grounding = { text_layer: false, score: null, fields, unmatched_amounts: null };
    return { grounding, misplaced: new Set(), remarks: new Set() };
  }
  const rows = new RowNumbers(printed.numbers);
  const table = findLineTable(facts.lines, printed, rows);
  const blocks = lineBlocks(facts.lines, table, rows);
  const regions = lineRegions(facts.lines, table, blocks, rows);
  const told = toldCodes(facts, printed.pages);
  const page: Page = {
    facts,
    printed,
    blocks,
    lines: new LineNumbers(facts.lines, table, blocks, printed),
    texts: new LineTexts(facts.lines, regions, printed),
    roles: groundedRoles(facts, printed.pages),
    origins: toldOrigins(told, regions),
    signOf: comparedSign(facts),
    identifiers: new Set(
      values.flatMap(({ kind, path, value }) =>
        kind === "identifier" && !path.endsWith("/position") ? lettersAndDigits(value) : [],
      ),
    ),
  };
  const otherColumns = misreadColumns(facts, table, blocks, printed);
  const isMisread = either(
    misreadMoney(facts, printed),
    either(misreadFactor(misreadFactors(facts, table, blocks, printed)), ({ path }) => otherColumns.has(path)),
  );
  const states = values.map((value) => ({
    path: value.path,
    grounded: isMisread(value) ? ("absent" as const) : grounded(value, page),
  }));
  const misplaced = new Set([
    ...page.texts.misplaced(),
    ...misreadCodes(facts, told),
    ...mislabelledDates(facts, printed),
    ...mislabelledNumbers(facts, printed.pages),
    ...mislabelledMeasures(facts, printed),
    ...mislabelledTransport(facts, printed.pages),
    ...misplacedDetails(facts, printed.pages),
    ...mistakenCarrier(facts, printed.pages),
    ...exchangedRecipients(facts, printed.pages),
  ]);
  const fields = states.map(({ path, grounded: state }): GroundedField => {
    if (isDataAlone && isMoney(path) && state === "absent") return { path, grounded: "not_checkable" };
    return { path, grounded: misplaced.has(path) ? "absent" : state };
  });
  const grounding = {
    text_layer: true,
    score: scoreOf(fields),
    fields,
    unmatched_amounts: unmatchedAmounts(facts, printed, table),
  };
  return { grounding, misplaced, remarks: remarksAmongLines(facts, table, printed) };
}

/** Where each kind of value is looked for. */
interface Page {
  readonly facts: Facts;
  readonly printed: PrintedDocument;
  readonly blocks: readonly Block[];
  readonly lines: LineNumbers;
  readonly texts: LineTexts;
  readonly roles: ReturnType<typeof groundedRoles>;
  /** For each line the countries that the page says it is from. */
  readonly origins: readonly ReadonlySet<string>[];
  readonly signOf: (fact: FactValue) => Sign | undefined;
  /** The letters and digits of every identifier that was read: they may be printed one behind another. */
  readonly identifiers: ReadonlySet<string>;
}

type IsMisread = (fact: FactValue) => boolean;

function either(a: IsMisread, b: IsMisread): IsMisread {
  return (fact) => a(fact) || b(fact);
}

/** Whether a value is the quantity or the price of one of these lines. */
function misreadFactor(lines: ReadonlySet<number>): IsMisread {
  return ({ line, path }) => line !== undefined && lines.has(line) && /\/(?:quantity|unit_price)$/.test(path);
}

/** Whether an amount is printed, and only where it would have to be read another way than its currency is. */
function misreadMoney({ currency }: Facts, printed: PrintedDocument): IsMisread {
  const answers = new Map<string, boolean>();
  const isMisread = (size: string) =>
    printed.countsByValue.has(size) && placesOfMoney(size, currency, printed).length === 0;
  return ({ path, value }) => {
    if (!isMoney(path)) return false;
    const size = magnitude(value);
    const answer = answers.get(size) ?? isMisread(size);
    answers.set(size, answer);
    return answer;
  };
}

function grounded(fact: FactValue, page: Page): Grounded {
  const { kind, value } = fact;
  const { printed } = page;
  switch (kind) {
    case "number":
      return groundedNumber(fact, page);
    case "date":
      return groundedDate(value, printed);
    case "text":
    case "identifier":
    case "list":
      if (isCut(fact, page)) return "absent";
      if (fact.line !== undefined) return page.texts.stateOf(fact);
      return pageOrAbsent(
        kind === "identifier" ? isPrintedIdentifier(fact, printed) : isPrintedInPieces(value, printed.text),
      );
    case "any":
      return isPrintedInPieces(value, printed.text) || isPrintedNumber(value, printed)
        ? "page"
        : groundedDate(value, printed);
    case "currency":
      return pageOrAbsent(isPrintedCurrency(page.facts, printed));
    case "country":
      return groundedCountry(fact, page);
    // Recognised from something else more often than read: where it is not printed, that says nothing.
    case "unit":
      return groundedUnit(fact, page.facts, page.blocks, printed);
    case "type": {
      const isPrinted = isPrintedType(page.facts, printed.pages);
      return isPrinted === undefined ? "not_checkable" : pageOrAbsent(isPrinted);
    }
    case "role":
      return page.roles[value === "vendor" ? "vendor" : "buyer"];
    case "incoterm":
      if (printed.text.has(value)) return "page";
      return isIncotermInWords(printed.pages) ? "not_checkable" : "absent";
    case "derived":
      return "not_checkable";
    default:
      throw new Error(`unknown kind ${kind satisfies never}`);
  }
}

function groundedDate(date: string, { dates }: PrintedDocument): Grounded {
  const places = dates.get(date);
  if (places === undefined) return "absent";
  return places.every(({ isOpen }) => isOpen) ? "not_checkable" : "page";
}

/** Nothing and one are often left out: no discount, a price for one unit. */
function groundedNumber(fact: FactValue, { facts, printed, lines, signOf }: Page): Grounded {
  const { path, value, line } = fact;
  const [wanted, sign] = [magnitude(value), signOf(fact)];
  // What has a sign is an amount, and 19 % is no tax of 19.00.
  const places = (sign === undefined ? printed.numbersByValue : printed.countsByValue).get(wanted);
  const isPrinted =
    line === undefined
      ? places?.some((number) => agrees(number.sign, sign)) === true ||
        isPrintedInParts(path, value, facts, printed) ||
        (path === "/totals/tax" && isTaxInParts(facts, printed))
      : lines.isPrinted(line, path, wanted, sign);
  const isOftenLeftOut = wanted === "0" || (wanted === "1" && path.endsWith("/price_base_quantity"));
  return isOftenLeftOut ? pageOrUnknown(isPrinted) : pageOrAbsent(isPrinted);
}

/** By what its own block or row prints, because a document has several countries. */
function groundedCountry({ path, value, line }: FactValue, { facts, printed, origins }: Page): Grounded {
  const role = (["vendor", "buyer", "ship_to", "carrier"] as const).find((each) => path === `/${each}/country`);
  const party = role === undefined ? null : facts[role];
  const printedOnes = party === null ? new Set<string>() : printedCountries(party, printed.pages);
  const countries = line === undefined ? printedOnes : (origins[line] ?? printedOnes);
  return countries.size === 0 ? "not_checkable" : pageOrAbsent(countries.has(value));
}

/** Whether less was read of a number than the page prints of it. */
function isCut({ path, value }: FactValue, { printed, identifiers }: Page): boolean {
  return NAMES_ONE_THING.test(path) && isCutShort(value, identifiers, printed.text);
}

/** Companies print their tax number to their countrymen without the country's letters. */
function isPrintedIdentifier({ path, value }: FactValue, printed: PrintedDocument): boolean {
  const isTaxId = path.includes("/tax_ids/") && COUNTRY_PREFIX.test(value);
  return isPrintedCode(value, printed) || (isTaxId && isPrintedCode(value.replace(COUNTRY_PREFIX, ""), printed));
}

function isPrintedNumber(value: string, { numbersByValue }: PrintedDocument): boolean {
  return decimalSchema.safeParse(value).success && numbersByValue.has(magnitude(value));
}

function pageOrAbsent(isPrinted: boolean): Grounded {
  return isPrinted ? "page" : "absent";
}

function pageOrUnknown(isPrinted: boolean): Grounded {
  return isPrinted ? "page" : "not_checkable";
}

/** Printed ÷ checkable, rounded down: it is 1 only when everything is. */
function scoreOf(fields: readonly GroundedField[]): string | null {
  const checkable = fields.filter(({ grounded: state }) => state !== "not_checkable").length;
  if (checkable === 0) return null;
  const found = fields.filter(({ grounded: state }) => state === "page").length;
  const parts = Math.floor((found * 10 ** SCORE_SCALE) / checkable);
  return found === checkable ? "1" : `0.${String(parts).padStart(SCORE_SCALE, "0")}`;
}
