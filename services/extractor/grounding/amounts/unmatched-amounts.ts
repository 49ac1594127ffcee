import type { Facts } from "@flowstate/contracts";
import type { LineTable } from "../lines/line-table.ts";
import type { PlacedNumber, PrintedDocument } from "../printed/printed-document.ts";
import { explainedAmounts } from "./explained-amounts.ts";

/** More than this are not explained one by one: they count as they are. */
const MAX_EXPLAINED = 500;

/**
 * How many numbers stand in the column of the lines' amounts and belong to nothing that was read: signs of lines that are
 * missing. Elsewhere on a page amounts have many reasons (list prices, examples, last year's), in that column few: lines,
 * and what follows from them. Where lines have no amounts, their quantities or weights are looked at, from the first
 * number of a line to the last on each page, because such columns begin and end with anything.
 */
export function unmatchedAmounts(facts: Facts, printed: PrintedDocument, table: LineTable | undefined): number {
  if (table === undefined) return 0;
  const isAmongLines = betweenLines(table);
  const lines = table.anchors.filter((anchor) => anchor !== undefined);
  const others = withoutOverlaps(
    table.column.filter((number) => table.key === "amount" || isAmongLines(number)),
    lines,
  );
  if (others.length === 0 || others.length > MAX_EXPLAINED) return others.length;
  const left = withoutOverlaps(others, [...explainedAmounts(others, facts, printed, table)]);
  return new Set(left.map(({ row }) => row)).size;
}

/** `3 136,38` may be two numbers or one: where one of them is known, the others are none. */
function withoutOverlaps(numbers: readonly PlacedNumber[], known: readonly PlacedNumber[]): readonly PlacedNumber[] {
  const byRow = Map.groupBy(known, ({ row }) => row);
  return numbers.filter(
    ({ row, left, right }) => !(byRow.get(row) ?? []).some((other) => left < other.right && other.left < right),
  );
}

function betweenLines({ anchors }: LineTable): (number: PlacedNumber) => boolean {
  const span = new Map<number, { readonly first: number; readonly last: number }>();
  for (const anchor of anchors) {
    if (anchor === undefined) continue;
    span.set(anchor.page, { first: span.get(anchor.page)?.first ?? anchor.row, last: anchor.row });
  }
  return ({ page, row }) => {
    const { first = row, last = row } = span.get(page) ?? {};
    return row > first && row < last;
  };
}
