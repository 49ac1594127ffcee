import type { TextCell } from "../../pdf/text-layer.ts";
import type { PlacedNumber, PrintedDocument, PrintedRow } from "../printed/printed-document.ts";
import { type ColumnRole, columnRole } from "./column-words.ts";
import type { LineTable } from "./line-table.ts";

/** How far above the first number of a table its headings may stand, and how far apart their rows, in points. */
const REACH = 150;
const SAME_HEADING = 14;
/** What stands in the rows of a table and not over them: a number by itself. */
const ONLY_NUMBER = /^[\d.,']+$/;
/** Cells that a row has at least that is the head of a table. */
const MIN_HEADINGS = 3;
/** Words of headings that are taken apart. */
const MAX_WORDS = 6;

/** What the heading over a number says that it is. */
export type HeadedRole = ColumnRole | "other";
/** More than one where several headings may be a number's, none where none is. */
type RolesOf = (number: PlacedNumber) => ReadonlySet<HeadedRole>;

const OTHER: ReadonlySet<HeadedRole> = new Set(["other"]);
/** Headings of a quantity that say which one, and may stand below one that only says that it is one. */
const QUANTITIES: ReadonlySet<HeadedRole> = new Set(["ordered", "delivered", "open"]);
/** How far beside a heading a number may stand that is under it, in points. */
const SLACK = 4;
/** A number that is further before the first heading than this is not below it, in points. */
const COLUMN_GAP = 60;

interface Heading extends Pick<TextCell, "left" | "right"> {
  readonly role: HeadedRole;
}

interface Headings {
  /** The first row below them. */
  readonly below: number;
  readonly headings: readonly Heading[];
}

/**
 * What the headings of a table say that its numbers are. Undefined for a table without any; one of amounts must have one for
 * quantities and one for prices. Pages that repeat none have the columns of those before.
 */
export function columnRoles({ anchors, key }: LineTable, printed: PrintedDocument): RolesOf | undefined {
  const first = anchors.find((anchor) => anchor !== undefined);
  const isBilled = key === "amount";
  const isHead = (headings: readonly Heading[]) => {
    const roles = new Set(headings.map(({ role }) => role));
    return isBilled ? hasQuantity(roles) && roles.has("price") : headings.length >= MIN_HEADINGS;
  };
  // A bill has columns of more kinds than are known here, and words of theirs mean something else.
  const found =
    first === undefined ? undefined : headingsOver(first, printed.rows, isBilled ? headingOf : headingsIn, isHead);
  if (found === undefined) return undefined;
  const { below, headings } = found;
  return (number) => {
    if (number.row < below) return OTHER;
    const over = rolesOver(number, headings, isBilled ? 0 : SLACK);
    return over.size > 0 || isBilled ? over : rolesBeside(number, headings);
  };
}

function hasQuantity(roles: ReadonlySet<HeadedRole>): boolean {
  return roles.has("quantity") || roles.has("ordered") || roles.has("delivered");
}

function headingsOver(
  { row, page, y }: PlacedNumber,
  rows: readonly PrintedRow[],
  headingsOf: (cell: TextCell) => readonly Heading[],
  isHead: (headings: readonly Heading[]) => boolean,
): Headings | undefined {
  for (let at = row - 1; at >= 0; at--) {
    const titled = rows[at];
    if (titled === undefined || titled.page !== page || y - titled.y > REACH) return undefined;
    const isRole = titled.cells.some((cell) => headingsOf(cell).some(({ role }) => role !== "other"));
    if (!isRole || titled.cells.some(({ text }) => ONLY_NUMBER.test(text))) continue;
    const near = rows.slice(Math.max(0, at - 2), Math.min(row, at + 3));
    const headings = near
      .filter((other) => other.page === page && Math.abs(other.y - titled.y) <= SAME_HEADING)
      .flatMap(({ cells }) => cells.flatMap(headingsOf));
    if (isHead(headings)) return { below: at + 1, headings };
  }
  return undefined;
}

function headingOf({ text, left, right }: TextCell): readonly Heading[] {
  return [{ left, right, role: columnRole(text) ?? "other" }];
}

/** Narrow columns set their headings so close that they are one cell: then each word is one, as far as it is known. */
function headingsIn(cell: TextCell): readonly Heading[] {
  const { text, left, right } = cell;
  const words = [...text.matchAll(/\S+/g)];
  if (columnRole(text) !== undefined || words.length === 1 || words.length > MAX_WORDS) return headingOf(cell);
  const width = (right - left) / text.length;
  return words.map(({ 0: word, index }) => ({
    left: left + index * width,
    right: left + (index + word.length) * width,
    role: columnRole(word) ?? "other",
  }));
}

/** Of several headings over it (`Unit` above `price`), what those say that say what the number is. */
function rolesOver(number: PlacedNumber, headings: readonly Heading[], reach: number): ReadonlySet<HeadedRole> {
  const over = headings.filter((heading) => distance(number, heading) < reach).map(({ role }) => role);
  const known = new Set(over.filter((role) => role !== "other"));
  if ([...known].some((role) => QUANTITIES.has(role))) known.delete("quantity");
  return known.size > 0 || over.length === 0 ? known : OTHER;
}

/** Numbers are set to the right below words that are set to the left: the heading on either side may be theirs. */
function rolesBeside(number: PlacedNumber, headings: readonly Heading[]): ReadonlySet<HeadedRole> {
  const [before] = headings.filter(({ right }) => right <= number.left).toSorted((a, b) => b.right - a.right);
  const [behind] = headings.filter(({ left }) => left >= number.right).toSorted((a, b) => a.left - b.left);
  // What stands before all headings is in a column without one.
  if (before === undefined && behind !== undefined && distance(number, behind) > COLUMN_GAP) return OTHER;
  return new Set([before, behind].flatMap((heading) => heading?.role ?? []));
}

/** Between their edges, in points; below 0 where one is over the other. */
function distance(number: PlacedNumber, { left, right }: Heading): number {
  return Math.max(left - number.right, number.left - right);
}
