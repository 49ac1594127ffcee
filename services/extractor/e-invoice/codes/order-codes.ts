import type { TypeCode } from "./invoice-codes.ts";

/**
 * UNTDID 1001 codes of orders, of answers to them and of what is sent with goods. A change is no order of its own, and a
 * blanket order is delivered by those that call off from it: `other`, as is every code that is not listed.
 */
export const ORDER_CODES: readonly TypeCode[] = [
  ["105", "Purchase order", "purchase_order"],
  ["220", "Order", "purchase_order"],
  ["221", "Blanket order", "other"],
  ["222", "Spot order", "purchase_order"],
  ["223", "Lease order", "purchase_order"],
  ["224", "Rush order", "purchase_order"],
  ["225", "Repair order", "purchase_order"],
  ["226", "Call-off order", "purchase_order"],
  ["227", "Consignment order", "purchase_order"],
  ["228", "Sample order", "purchase_order"],
  ["229", "Swap order", "other"],
  ["230", "Purchase order change request", "other"],
  ["231", "Purchase order response", "order_confirmation"],
  ["232", "Hire order", "purchase_order"],
  ["233", "Spare parts order", "purchase_order"],
  ["320", "Acknowledgement of order", "order_confirmation"],
];

export const DESPATCH_CODES: readonly TypeCode[] = [
  ["270", "Delivery note", "delivery_note"],
  ["345", "Ready for despatch advice", "other"],
  ["351", "Despatch advice", "delivery_note"],
];

/** A code of a list, what the list calls it, and what a document or a line with it may be taken for. */
type MeaningCode<Meaning extends string> = readonly [code: string, name: string, meaning: Meaning | "neither"];

/**
 * UNTDID 1225: what a message is for (`PurposeCode` of Order-X). A copy has the number of what it copies. Whoever accepts
 * with amendments makes another offer, and waits for an answer to it. What is not listed is neither.
 */
export const PURPOSE_CODES: readonly MeaningCode<"original" | "acceptance">[] = [
  ["1", "Cancellation", "neither"],
  ["2", "Addition", "neither"],
  ["3", "Deletion", "neither"],
  ["4", "Change", "neither"],
  ["5", "Replace", "neither"],
  ["6", "Confirmation", "acceptance"],
  ["7", "Duplicate", "original"],
  ["9", "Original", "original"],
  ["13", "Request", "neither"],
  ["16", "Proposal", "neither"],
  ["17", "Cancel, to be reissued", "neither"],
  ["18", "Reissue", "neither"],
  ["27", "Not accepted", "neither"],
  ["28", "Accepted, with amendment in heading section", "neither"],
  ["29", "Accepted without amendment", "acceptance"],
  ["30", "Accepted, with amendment in detail section", "neither"],
  ["31", "Copy", "original"],
  ["33", "Change in heading section", "neither"],
  ["34", "Accepted with amendment", "neither"],
  ["35", "Retransmission", "original"],
  ["36", "Change in detail section", "neither"],
  ["42", "Confirmation via specific means", "acceptance"],
  ["44", "Accepted without reserves", "acceptance"],
  ["45", "Accepted with reserves", "neither"],
  ["46", "Provisional", "neither"],
  ["48", "Accepted, contents rejected", "neither"],
  ["50", "Withdraw", "neither"],
  ["52", "Proposed amendment", "neither"],
  ["53", "Test", "neither"],
  ["63", "Not accepted, provisional", "neither"],
];

/** UNTDID 4343: how a message is answered (`OrderResponseCode` of UBL). What is not listed is no acceptance. */
export const RESPONSE_CODES: readonly MeaningCode<"acceptance">[] = [
  ["AB", "Message acknowledgement", "neither"],
  ["AC", "Acknowledge, with detail and change", "neither"],
  ["AD", "Acknowledge, with detail, no change", "acceptance"],
  ["AI", "Acknowledge only changes", "neither"],
  ["AJ", "Pending", "neither"],
  ["AP", "Accepted", "acceptance"],
  ["CA", "Conditionally accepted", "neither"],
  ["NA", "No acknowledgement needed", "neither"],
  ["RE", "Rejected", "neither"],
];

/**
 * UNTDID 1229, and the words of UBL's own list: what becomes of a line (`LineStatusCode`). What is not listed is neither
 * ordered nor confirmed.
 */
export const LINE_STATUS_CODES: readonly MeaningCode<"ordered" | "accepted" | "either">[] = [
  ["1", "Added", "ordered"],
  ["2", "Deleted", "neither"],
  ["3", "Changed", "neither"],
  ["4", "No action", "either"],
  ["5", "Accepted without amendment", "accepted"],
  ["6", "Accepted with amendment", "neither"],
  ["7", "Not accepted", "neither"],
  ["10", "Not found", "neither"],
  ["11", "Not amended", "either"],
  ["42", "Already delivered", "neither"],
  ["Added", "of UBL", "ordered"],
  ["Cancelled", "of UBL", "neither"],
  ["Disputed", "of UBL", "neither"],
  ["NoStatus", "of UBL", "either"],
  ["Revised", "of UBL", "neither"],
];
