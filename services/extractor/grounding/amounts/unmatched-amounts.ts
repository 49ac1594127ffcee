import type { Facts } from "@flowstate/contracts";
import type { LineTable } from "../lines/line-table.ts";
import type { PlacedNumber, PrintedDocument } from "../printed/printed-document.ts";
import { printedAmounts } from "../printed/printed-money.ts";
import { explainedAmounts } from "./explained-amounts.ts";
import { unreadRows } from "./unread-rows.ts";

/** More than this are not explained one by one: they count as they are. */
const MAX_EXPLAINED = 500;

/** Types of which every printed amount belongs to a line or to the totals. */
const BILLS: ReadonlySet<Facts["document_type"]> = new Set(["invoice", "credit_note"]);
/** For documents without lines: nothing is explained by where it stands. */
const NO_TABLE: LineTable = { key: "amount", anchors: [], column: [] };

/**
 * How many numbers stand in the column of the lines' amounts and belong to nothing that was read: signs of lines that are
 * missing. Elsewhere on a page amounts have many reasons (list prices, examples, last year's), in that column few: lines,
 * and what follows from them. Where lines have no amounts, their quantities or weights are looked at, from the first
 * number of a line to the last on each page, because such columns begin and end with anything; before and behind, and on
 * other pages, only in rows that look like those of lines. Where no column is the lines', a bill is looked at as a whole,
 * and nothing else is: null.
 */
export function unmatchedAmounts(facts: Facts, printed: PrintedDocument, table: LineTable | undefined): number | null {
  if (table === undefined) {
    if (!BILLS.has(facts.document_type)) return null;
    const amounts = printedAmounts(facts.currency, printed).map(({ place }) => place);
    return unexplained(amounts, facts, printed, NO_TABLE).size;
  }
  const isAmongLines = betweenLines(table);
  const lines = table.anchors.filter((anchor) => anchor !== undefined);
  const others = withoutOverlaps(
    table.column.filter((number) => table.key === "amount" || isAmongLines(number)),
    lines,
  );
  const rows = unexplained(others, facts, printed, table);
  return table.key === "amount" ? rows.size : rows.union(unreadRows(facts.lines, table, printed)).size;
}

/** The rows of what is not explained; of too many, one for each. */
function unexplained(
  numbers: readonly PlacedNumber[],
  facts: Facts,
  printed: PrintedDocument,
  table: LineTable,
): ReadonlySet<number> {
  const left =
    numbers.length === 0 || numbers.length > MAX_EXPLAINED
      ? numbers
      : withoutOverlaps(numbers, [...explainedAmounts(numbers, facts, printed, table)]);
  return new Set(left.map(({ row }) => row));
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
