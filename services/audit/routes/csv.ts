/** What needs quotes in RFC 4180. */
const SPECIAL = /[",\r\n]/;
/** With which spreadsheets begin a formula, also behind white space (OWASP, "CSV Injection"). */
const FORMULA = /^\s*[=+\-@\t\r]/;

/**
 * One record of RFC 4180 with its line end; null is an empty cell. A text that a spreadsheet would take for a formula gets an
 * apostrophe in front: a sender chooses his own address, and `+1-1@supplier.example` is one.
 */
export function csvRecord(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
