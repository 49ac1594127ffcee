import type { Extraction } from "@flowstate/contracts";
import { sumDecimals, withinTolerance } from "./decimal-arithmetic.ts";

/** Each line's amount was rounded to the cent, so a sum of lines may be off by as much as this for each of them. */
const ROUNDING_HUNDREDTHS_PER_LINE = 1;

export interface Validation {
  readonly status: "valid" | "warnings" | "invalid";
  readonly issueCount: number;
}

/**
 * Whether an extraction is fit to be booked. `invalid` when a field is missing without which nothing can be booked;
 * `warnings` when it can be, but its figures do not add up and somebody should look.
 */
export function validateExtraction(extraction: Extraction): Validation {
  const missing = missingFields(extraction);
  const warnings = linesDisagreeWithNet(extraction) ? 1 : 0;
  const issueCount = missing + warnings;
  if (missing > 0) return { status: "invalid", issueCount };
  return { status: warnings > 0 ? "warnings" : "valid", issueCount };
}

function missingFields(extraction: Extraction): number {
  const required = [extraction.document_number, extraction.document_date, extraction.vendor?.name ?? null];
  if (extraction.document_type === "invoice" || extraction.document_type === "credit_note") {
    required.push(extraction.currency, extraction.totals.gross);
  }
  return required.filter((value) => value === null).length;
}

function linesDisagreeWithNet({ lines, totals }: Extraction): boolean {
  const amounts = lines.flatMap(({ amount }) => (amount === null ? [] : [amount]));
  if (amounts.length === 0 || amounts.length < lines.length || totals.net === null) return false;
  return !withinTolerance(sumDecimals(amounts), totals.net, hundredths(amounts.length * ROUNDING_HUNDREDTHS_PER_LINE));
}

function hundredths(count: number): string {
  return `${Math.floor(count / 100)}.${String(count % 100).padStart(2, "0")}`;
}
