import { decimalSchema, type Facts, type GroundedField, type Grounding } from "@flowstate/contracts";
import type { TextLayer } from "../pdf/text-layer.ts";
import { countryNames } from "./country-names.ts";
import { type FactValue, factValues } from "./fact-values.ts";
import { LineNumbers } from "./line-numbers.ts";
import { findLineTable } from "./line-table.ts";
import { isPrintedCurrency } from "./printed-currency.ts";
import { type PrintedDocument, printedDocument } from "./printed-document.ts";
import { isMoney, placesOfMoney } from "./printed-money.ts";
import { magnitude } from "./printed-number.ts";
import { RowNumbers } from "./row-numbers.ts";
import { unmatchedAmounts } from "./unmatched-amounts.ts";

type Grounded = GroundedField["grounded"];

/** Decimals of the score. */
const SCORE_SCALE = 4;
/** A longer text counts as printed when all of its words are, because a table breaks it into pieces. */
const MIN_WORDS = 4;

/**
 * Looks every value up in the text of the document's pages: numbers and dates in whatever format, texts whatever their
 * white space, case and hyphens. Signs are not compared, because allowances, prepayments and credit notes are printed with
 * and without; the arithmetic of the totals knows them. Without text, nothing is checkable. Pure.
 */
export function groundFacts(facts: Facts, layer: TextLayer | undefined): Grounding {
  const values = factValues(facts);
  const printed = layer === undefined ? undefined : printedDocument(layer);
  if (printed?.isReadable !== true) {
    const fields = values.map(({ path }) => ({ path, grounded: "not_checkable" as const }));
    return { text_layer: false, score: null, fields, unmatched_amounts: null };
  }
  const rows = new RowNumbers(printed.numbers);
  const table = findLineTable(facts.lines, printed, rows);
  const lines = new LineNumbers(facts.lines, table, printed, rows);
  const isMisread = misreadMoney(facts, printed);
  const fields = values.map((value) => ({
    path: value.path,
    grounded: isMisread(value) ? "absent" : grounded(value, printed, lines, facts),
  }));
  return {
    text_layer: true,
    score: scoreOf(fields),
    fields,
    unmatched_amounts: unmatchedAmounts(facts, printed, table),
  };
}

/** Whether an amount is printed, and only where it would have to be read another way than its currency is. */
function misreadMoney({ currency }: Facts, printed: PrintedDocument): (fact: FactValue) => boolean {
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

function grounded(fact: FactValue, printed: PrintedDocument, lines: LineNumbers, facts: Facts): Grounded {
  const { kind, value } = fact;
  switch (kind) {
    case "number":
      return groundedNumber(fact, printed, lines);
    case "date":
      return pageOrAbsent(printed.dates.has(value));
    case "text":
    case "identifier":
      return pageOrAbsent(printed.text.has(value));
    case "list":
      return pageOrAbsent(isPrintedInPieces(value, printed));
    case "any":
      return pageOrAbsent(
        isPrintedInPieces(value, printed) || printed.dates.has(value) || isPrintedNumber(value, printed),
      );
    case "currency":
      return pageOrAbsent(isPrintedCurrency(facts, printed));
    // Recognised from something else more often than read: where they are not printed, that says nothing.
    case "country":
      return pageOrUnknown(countryNames(value).some((name) => printed.text.has(name)));
    case "unit":
      return pageOrUnknown(printed.text.has(value));
    case "derived":
      return "not_checkable";
    default:
      throw new Error(`unknown kind ${kind satisfies never}`);
  }
}

/** Nothing and one are often left out: no discount, a price for one unit. */
function groundedNumber({ path, value, line }: FactValue, printed: PrintedDocument, lines: LineNumbers): Grounded {
  const wanted = magnitude(value);
  const isPrinted = line === undefined ? printed.numbersByValue.has(wanted) : lines.isPrinted(line, path, wanted);
  const isOftenLeftOut = wanted === "0" || (wanted === "1" && path.endsWith("/price_base_quantity"));
  return isOftenLeftOut ? pageOrUnknown(isPrinted) : pageOrAbsent(isPrinted);
}

function isPrintedNumber(value: string, { numbersByValue }: PrintedDocument): boolean {
  return decimalSchema.safeParse(value).success && numbersByValue.has(magnitude(value));
}

function isPrintedInPieces(value: string, { text }: PrintedDocument): boolean {
  if (text.has(value) || value.split(/, |\n/).every((part) => text.has(part))) return true;
  const words = value.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.length >= MIN_WORDS && words.every((word) => text.has(word));
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
