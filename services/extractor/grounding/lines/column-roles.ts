import type { TextCell } from "../../pdf/text-layer.ts";
import type { PlacedNumber, PrintedDocument, PrintedRow } from "../printed/printed-document.ts";
import { type ColumnRole, columnRole } from "./column-words.ts";
import type { LineTable } from "./line-table.ts";

/** How far above the first number of a table its headings may stand, and how far apart their rows, in points. */
const REACH = 150;
const SAME_HEADING = 14;

/** What the heading over a number says that it is; undefined where none is over it. */
export type HeadedRole = ColumnRole | "other" | undefined;

interface Heading extends Pick<TextCell, "left" | "right"> {
  readonly role: ColumnRole | "other";
}

/** Undefined for a table without a heading for both. Pages that repeat none have the columns of those before. */
export function columnRoles(
  { anchors }: LineTable,
  printed: PrintedDocument,
): ((number: PlacedNumber) => HeadedRole) | undefined {
  const first = anchors.find((anchor) => anchor !== undefined);
  const headings = first === undefined ? undefined : headingsOver(first, printed.rows);
  return headings === undefined ? undefined : (number) => roleOver(number, headings);
}

function headingsOver({ row, page, y }: PlacedNumber, rows: readonly PrintedRow[]): readonly Heading[] | undefined {
  for (let at = row - 1; at >= 0; at--) {
    const titled = rows[at];
    if (titled === undefined || titled.page !== page || y - titled.y > REACH) return undefined;
    if (!titled.cells.some(({ text }) => columnRole(text) !== undefined)) continue;
    const near = rows.slice(Math.max(0, at - 2), at + 3);
    const headings = near
      .filter((other) => other.page === page && Math.abs(other.y - titled.y) <= SAME_HEADING)
      .flatMap(({ cells }) => cells.map(headingOf));
    const roles = new Set(headings.map(({ role }) => role));
    if (roles.has("quantity") && roles.has("price")) return headings;
  }
  return undefined;
}

function headingOf({ text, left, right }: TextCell): Heading {
  return { left, right, role: columnRole(text) ?? "other" };
}

/** Of several headings over it (`Unit` above `price`), what one says that says what the number is. */
function roleOver({ left, right }: PlacedNumber, headings: readonly Heading[]): HeadedRole {
  const over = headings.filter((heading) => heading.left < right && left < heading.right).map(({ role }) => role);
  return over.find((role) => role !== "other") ?? over[0];
}
