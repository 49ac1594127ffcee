import type { Facts } from "@flowstate/contracts";

type DocumentType = Facts["document_type"];

/** What a message is about, as its root element says. */
export type MessageKind = "invoice" | "order" | "despatch";

/** UNTDID 1001 codes of documents that take money back (EN 16931, BT-3). */
const CREDIT_NOTES: readonly string[] = ["81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"];
/** A pro forma invoice asks for no money: nobody may book it as one that does. */
const PRO_FORMA = "325";
/** Order response, and acknowledgement of order. */
const ORDER_CONFIRMATIONS: readonly string[] = ["231", "320"];

/**
 * The type of a document. The root element decides what kind of message it is; within a kind, codes that are not listed
 * here (380 commercial, 326 partial, 384 corrected, 389 self-billed; 220 order, 230 order change) are the ordinary case.
 */
export function documentTypeOf(kind: MessageKind, typeCode: string | undefined): DocumentType {
  switch (kind) {
    case "invoice":
      if (typeCode === PRO_FORMA) return "other";
      return isOneOf(CREDIT_NOTES, typeCode) ? "credit_note" : "invoice";
    case "order":
      return isOneOf(ORDER_CONFIRMATIONS, typeCode) ? "order_confirmation" : "purchase_order";
    case "despatch":
      return "delivery_note";
    default:
      return kind satisfies never;
  }
}

function isOneOf(codes: readonly string[], typeCode: string | undefined): boolean {
  return typeCode !== undefined && codes.includes(typeCode);
}
