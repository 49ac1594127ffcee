import type { Facts } from "@flowstate/contracts";
import type { Finding } from "./finding.ts";

const DAY_MS = 86_400_000;
/** Nothing older is sent as a document to be booked; two-digit years that were read wrong are. */
const EARLIEST = "2000-01-01";
/** Post-dated by two months is seen, by more is a day and month in the wrong order, or a wrong year. */
const DOCUMENT_AHEAD_MAX_DAYS = 60;
/** Instalments and retentions fall due years later, but not decades. */
const DUE_AHEAD_MAX_DAYS = 5 * 366;

/** Whether the dates are plausible on the day `today` and in order. All are ISO 8601 calendar dates, so they sort as text. */
export function checkDates({ document_date: issued, due_date: due }: Facts, today: string): Finding[] {
  const findings: Finding[] = [];
  if (issued !== null && isImplausible(issued, today, DOCUMENT_AHEAD_MAX_DAYS)) {
    findings.push({ rule: "date_implausible", path: "/document_date" });
  }
  if (due !== null && isImplausible(due, today, DUE_AHEAD_MAX_DAYS)) {
    findings.push({ rule: "date_implausible", path: "/due_date" });
  }
  if (issued !== null && due !== null && due < issued)
    findings.push({ rule: "due_before_document", path: "/due_date" });
  return findings;
}

function isImplausible(date: string, today: string, aheadMaxDays: number): boolean {
  return date < EARLIEST || (Date.parse(date) - Date.parse(today)) / DAY_MS > aheadMaxDays;
}
