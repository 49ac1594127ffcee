import { currencyExponent } from "../../validation/minor-unit.ts";
import { isMarkedAsMoney } from "../printed/printed-currency.ts";
import type { PlacedNumber, PrintedDocument } from "../printed/printed-document.ts";
import type { ColumnRole } from "./column-words.ts";

/** A unit stands behind a quantity, in its cell or in one of its own: `12 pcs`, `2,5 | Std`. */
const UNIT_BEHIND = /^ ?\p{L}{1,12}[.²³]?(?![\p{L}\p{N}])/u;

/**
 * What a number is by the way it is written; undefined where it may be either. A price has a currency beside it, or the
 * decimals of its currency; a quantity has a unit behind it, or no decimals. Prices without decimals exist, and quantities
 * with them: only where one number is the one and the other the other does this tell anything.
 */
export function factorStyle(
  number: PlacedNumber,
  currency: string | null,
  printed: PrintedDocument,
): ColumnRole | undefined {
  if (isMarkedAsMoney(number, printed)) return "price";
  if (UNIT_BEHIND.test(textBehind(number, printed))) return "quantity";
  const exponent = currencyExponent(currency);
  if (exponent === 0) return undefined;
  const decimals = /[.,](\d+)$/.exec(spelling(number, printed))?.[1]?.length ?? 0;
  if (decimals === 0) return "quantity";
  return decimals === exponent ? "price" : undefined;
}

function spelling(number: PlacedNumber, printed: PrintedDocument): string {
  return cellsFrom(number, printed)[0]?.text.slice(number.start, number.end) ?? "";
}

function textBehind(number: PlacedNumber, printed: PrintedDocument): string {
  const [own, next] = cellsFrom(number, printed);
  const rest = own?.text.slice(number.end) ?? "";
  return rest.trim() === "" ? (next?.text ?? "") : rest;
}

/** The number's cell and those on its right. */
function cellsFrom({ row, cellLeft }: PlacedNumber, { rows }: PrintedDocument) {
  const cells = rows[row]?.cells ?? [];
  return cells.slice(cells.findIndex(({ left }) => left === cellLeft));
}
