import type { Decimal, Facts, Line } from "@flowstate/contracts";
import { absoluteDecimal, compareDecimals, multiplyDecimals, subtractDecimals } from "../../decimal-arithmetic.ts";
import { minorUnit } from "../../validation/minor-unit.ts";
import type { PlacedNumber, PrintedDocument } from "../printed/printed-document.ts";
import { magnitude } from "../printed/printed-number.ts";
import { columnRoles, type HeadedRole } from "./column-roles.ts";
import { factorStyle } from "./factor-style.ts";
import type { Block } from "./line-blocks.ts";
import type { LineTable } from "./line-table.ts";

/** More numbers in the rows of one line are not multiplied with each other. */
const MAX_NUMBERS = 32;
/** How far above its amount a line's other numbers may stand, in points and in rows. */
const NEAR = 30;
const MAX_ROWS = 6;

const QUANTITIES: ReadonlySet<HeadedRole | undefined> = new Set(["quantity", "ordered", "delivered"]);

type RoleOf = (number: PlacedNumber) => HeadedRole | undefined;
type NumbersByRow = ReadonlyMap<number, readonly PlacedNumber[]>;

/** What was read of a line, by size. */
interface ReadLine {
  readonly quantity: string;
  readonly price: string | undefined;
  readonly amount: string | undefined;
}
type BilledLine = ReadLine & { readonly amount: string };

/**
 * The lines whose quantity and price are others on the page. Exchanged, or one of something at the price of all of it, they
 * give the same amount, and are printed somewhere in the line. The page tells by the headings of its columns, by the way it
 * writes prices and quantities, and by two other numbers whose product is the line's amount. Where lines have no amount,
 * `misreadColumns` looks at the headings for each of the two.
 */
export function misreadFactors(
  { lines, currency }: Facts,
  table: LineTable | undefined,
  blocks: readonly Block[],
  printed: PrintedDocument,
): ReadonlySet<number> {
  if (table === undefined) return new Set();
  const { anchors, key } = table;
  const byRow = Map.groupBy(printed.numbers, ({ row }) => row);
  const headed = singleRole(columnRoles(table, printed));
  const roleOf: RoleOf = (number) => headed?.(number) ?? factorStyle(number, currency, printed);
  return new Set(
    lines.flatMap((line, index) => {
      const [read, anchor, block] = [readLine(line), anchors[index], blocks[index]];
      if (read === undefined || block === undefined) return [];
      const { quantity, price, amount } = read;
      if (amount !== undefined && (key !== "amount" || anchor === undefined)) return [];
      if (price !== undefined && areExchanged(quantity, price, numbersIn(block, byRow), roleOf)) return index;
      if (amount === undefined || anchor === undefined) return [];
      const near = numbersNear(anchor, anchors[index - 1], block, byRow);
      const unit = minorUnit(currency);
      const billed = { ...read, amount };
      const isMisread =
        (price === undefined ? isNoFactor(billed, near, unit) : areOtherFactors(billed, near, unit)) ||
        (headed !== undefined && isOtherQuantity(billed, near, headed));
      return isMisread ? index : [];
    }),
  );
}

/** What one heading says; undefined where none or several do. */
function singleRole(rolesOf: ReturnType<typeof columnRoles>): RoleOf | undefined {
  if (rolesOf === undefined) return undefined;
  return (number) => {
    const [role, another] = rolesOf(number);
    return another === undefined ? role : undefined;
  };
}

function readLine({ quantity, unit_price, amount }: Line): ReadLine | undefined {
  if (quantity === null) return undefined;
  const [price, total] = [unit_price, amount].map((value) => (value === null ? undefined : magnitude(value)));
  const read = { quantity: magnitude(quantity), price, amount: total };
  return read.quantity === read.price ? undefined : read;
}

function numbersIn({ from, to }: Block, byRow: NumbersByRow): readonly PlacedNumber[] {
  const numbers: PlacedNumber[] = [];
  for (let row = from; row <= to && numbers.length <= MAX_NUMBERS; row++) numbers.push(...(byRow.get(row) ?? []));
  return numbers.filter(({ isPercentage }) => !isPercentage);
}

/** The line's numbers but its amount, and what is printed somewhat above: where a line begins is guessed by what was read. */
function numbersNear(
  anchor: PlacedNumber,
  before: PlacedNumber | undefined,
  { from, to }: Block,
  byRow: NumbersByRow,
): readonly PlacedNumber[] {
  const first = Math.min(from, Math.max((before?.row ?? -1) + 1, anchor.row - MAX_ROWS));
  return numbersIn({ from: first, to }, byRow)
    .filter(({ row, page, y }) => row >= from || (page === anchor.page && anchor.y - y <= NEAR))
    .filter((number) => number !== anchor);
}

/** Whether the quantity that was read is a price on the page and no quantity, and the price the other way round. */
function areExchanged(quantity: string, price: string, numbers: readonly PlacedNumber[], roleOf: RoleOf): boolean {
  const rolesOf = (size: string) =>
    new Set(numbers.filter(({ readings }) => readings.includes(size)).map((number) => roleOf(number)));
  const [ofQuantity, ofPrice] = [rolesOf(quantity), rolesOf(price)];
  return ofQuantity.has("price") && !ofQuantity.has("quantity") && ofPrice.has("quantity") && !ofPrice.has("price");
}

/** Whether the price that was read is not printed there, and two other numbers have the line's amount as their product. */
function areOtherFactors({ price, amount }: BilledLine, numbers: readonly PlacedNumber[], unit: Decimal): boolean {
  if (price === undefined || isAmong(price, numbers)) return false;
  return factorPairs(amount, numbers, unit).length > 0;
}

/** Whether two numbers have the amount of a line without a price as their product, and its quantity is neither of them. */
function isNoFactor({ quantity, amount }: BilledLine, numbers: readonly PlacedNumber[], unit: Decimal): boolean {
  const pairs = factorPairs(amount, numbers, unit);
  return pairs.length > 0 && !pairs.some((pair) => isAmong(quantity, pair));
}

function isAmong(size: string, numbers: readonly PlacedNumber[]): boolean {
  return numbers.some(({ readings }) => readings.includes(size));
}

/** The numbers whose product is the amount; what is more may be a discount, which is printed, too. */
function factorPairs(amount: string, numbers: readonly PlacedNumber[], unit: Decimal): readonly PlacedNumber[][] {
  if (numbers.length > MAX_NUMBERS) return [];
  const isAmount = (product: Decimal) => {
    const difference = absoluteDecimal(subtractDecimals(product, amount));
    return compareDecimals(difference, unit) < 0 || isAmong(magnitude(difference), numbers);
  };
  return numbers.flatMap((one, index) =>
    numbers
      .slice(index + 1)
      .filter((other) => one.readings.some((a) => other.readings.some((b) => isAmount(multiplyDecimals(a, b)))))
      .map((other) => [one, other]),
  );
}

/** Whether the page has a quantity for the line, by its heading, and it is another. */
function isOtherQuantity({ quantity }: ReadLine, numbers: readonly PlacedNumber[], roleOf: RoleOf): boolean {
  const quantities = numbers.filter((number) => QUANTITIES.has(roleOf(number)));
  return quantities.length > 0 && !quantities.some(({ readings }) => readings.includes(quantity));
}
