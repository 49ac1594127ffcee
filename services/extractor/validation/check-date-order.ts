import type { Facts } from "@flowstate/contracts";
import type { PrintedDocument } from "../grounding/printed/printed-document.ts";
import type { Finding } from "./finding.ts";

/** Dates that the page prints only so that day and month may be the other way round, and nothing on it tells. */
export function checkDateOrder(facts: Facts, { dates }: PrintedDocument): Finding[] {
  return (["document_date", "due_date"] as const).flatMap((field) => {
    const places = dates.get(facts[field] ?? "");
    const isOpen = places?.every((place) => place.isOpen) === true;
    return isOpen ? [{ rule: "date_order_unclear", path: `/${field}` }] : [];
  });
}
