import type { Facts, Line } from "@flowstate/contracts";
import type { PlacedNumber, PrintedDocument } from "../printed/printed-document.ts";
import { magnitude } from "../printed/printed-number.ts";
import { columnRoles, type HeadedRole } from "./column-roles.ts";
import type { ColumnRole } from "./column-words.ts";
import type { Block } from "./line-blocks.ts";
import type { LineTable } from "./line-table.ts";

/** More numbers in the rows of one line are not looked at. */
const MAX_NUMBERS = 64;

type DocumentType = Facts["document_type"];
/** What is booked of something that was ordered and is delivered in part, the most certain first. Bills may bill either. */
const DELIVERED = ["delivered", "quantity", "ordered"] as const;
const ORDERED = ["ordered", "quantity", "delivered"] as const;
const QUANTITY_OF: Partial<Readonly<Record<DocumentType, readonly ColumnRole[]>>> = {
  delivery_note: DELIVERED,
  packing_list: DELIVERED,
  bill_of_lading: DELIVERED,
  purchase_order: ORDERED,
  order_confirmation: ORDERED,
};
const NET = ["net_weight", "net"] as const;
const GROSS = ["gross_weight", "gross"] as const;
const WEIGHTS: ReadonlySet<HeadedRole> = new Set([...NET, ...GROSS]);

interface ReadValue {
  /** JSON pointer from the line. */
  readonly path: string;
  /** Its magnitude. */
  readonly size: string;
  /** The columns that it may be from: the first of them that the line has a number in. */
  readonly columns: readonly ColumnRole[];
}

/**
 * Pointers to quantities, packages, weights and prices of lines that are others by the headings of the table: the line has a
 * number in the column for them, and it is another, or a weight stands only in the column for the other weight. Of lines with
 * an amount the quantity and the price are known by what they come to.
 */
export function misreadColumns(
  { lines, document_type: type }: Facts,
  table: LineTable | undefined,
  blocks: readonly Block[],
  printed: PrintedDocument,
): ReadonlySet<string> {
  const rolesOf = table === undefined ? undefined : columnRoles(table, printed);
  if (rolesOf === undefined) return new Set();
  const byRow = Map.groupBy(printed.numbers, ({ row }) => row);
  return new Set(
    lines.flatMap((line, index) => {
      const block = blocks[index];
      const numbers = block === undefined ? [] : numbersIn(block, byRow);
      if (numbers.length === 0 || numbers.length > MAX_NUMBERS) return [];
      const headed = withoutRivals(numbers.map((number) => ({ ...number, roles: rolesOf(number) })));
      return readValues(line, type)
        .filter((value) => isOther(value, headed))
        .map(({ path }) => `/lines/${index}/${path}`);
    }),
  );
}

interface HeadedNumber extends Pick<PlacedNumber, "readings" | "row"> {
  readonly roles: ReadonlySet<HeadedRole>;
}

/**
 * Headings and numbers come in the same order: one that is a number's for certain is not another's of the same row that may
 * have several, which may then be certain, too.
 */
function withoutRivals(numbers: readonly HeadedNumber[]): readonly HeadedNumber[] {
  const left = numbers.map((number) => {
    if (number.roles.size < 2) return number;
    const certain = numbers.filter(({ row, roles }) => row === number.row && roles.size === 1);
    const rivals = new Set(certain.flatMap(({ roles }) => [...roles]).filter((role) => role !== "other"));
    const roles = number.roles.difference(rivals);
    return roles.size === 0 || roles.size === number.roles.size ? number : { ...number, roles };
  });
  return left.every((number, index) => number === numbers[index]) ? numbers : withoutRivals(left);
}

function isOther({ size, columns }: ReadValue, numbers: readonly HeadedNumber[]): boolean {
  const own = numbers.filter(({ readings }) => readings.includes(size));
  const column = columns.find((role) => numbers.some(({ roles }) => roles.has(role)));
  // What stands nowhere in the line is absent by itself.
  if (own.length === 0) return false;
  if (column !== undefined) {
    const isThere = numbers.some(({ roles }) => roles.size === 1 && roles.has(column));
    return isThere && !own.some(({ roles }) => roles.size === 0 || roles.has(column));
  }
  return columns.some(isWeight) && own.every(({ roles }) => roles.size > 0 && [...roles].every(isWeight));
}

function isWeight(role: HeadedRole): boolean {
  return WEIGHTS.has(role);
}

function readValues(line: Line, type: DocumentType): readonly ReadValue[] {
  const { quantity, unit_price, amount, packages, net_weight, gross_weight } = line;
  const quantityColumns = QUANTITY_OF[type];
  const isBilled = amount !== null;
  const values: readonly (readonly [string, string | null | undefined, readonly ColumnRole[]])[] = [
    ["packages", packages, ["packages"]],
    ["net_weight/value", net_weight?.value, isBilled ? ["net_weight"] : NET],
    ["gross_weight/value", gross_weight?.value, isBilled ? ["gross_weight"] : GROSS],
    ...(isBilled || quantityColumns === undefined
      ? []
      : ([
          ["quantity", quantity, quantityColumns],
          ["unit_price", unit_price, ["price"]],
        ] as const)),
  ];
  return values.flatMap(([path, value, columns]) =>
    value === null || value === undefined ? [] : [{ path, size: magnitude(value), columns }],
  );
}

function numbersIn({ from, to }: Block, byRow: ReadonlyMap<number, readonly PlacedNumber[]>): readonly PlacedNumber[] {
  const numbers: PlacedNumber[] = [];
  for (let row = from; row <= to && numbers.length <= MAX_NUMBERS; row++) numbers.push(...(byRow.get(row) ?? []));
  return numbers.filter(({ isPercentage }) => !isPercentage);
}
