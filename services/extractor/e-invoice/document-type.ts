import type { Facts } from "@flowstate/contracts";
import { INVOICE_CODES, type TypeCode } from "./codes/invoice-codes.ts";
import { DESPATCH_CODES, LINE_STATUS_CODES, ORDER_CODES, PURPOSE_CODES, RESPONSE_CODES } from "./codes/order-codes.ts";

type DocumentType = Facts["document_type"];

/** What a message is about, as its root element says. */
export type MessageKind = "invoice" | "credit_note" | "order" | "order_response" | "despatch";

/** What a message says of itself by codes. Undefined is not stated. */
export interface StatedCodes {
  /** UNTDID 1001. */
  readonly type?: string | undefined;
  /** UNTDID 1225. */
  readonly purpose?: string | undefined;
  /** UNTDID 4343. */
  readonly response?: string | undefined;
  /** UNTDID 1229, one for each line. */
  readonly lineStatuses?: ReadonlyArray<string | undefined>;
}

/** What the root element alone says. An order's root is shared by orders, their changes and the answers to them. */
const TYPE_OF_KIND: Readonly<Record<MessageKind, DocumentType>> = {
  invoice: "invoice",
  credit_note: "credit_note",
  order: "purchase_order",
  order_response: "order_confirmation",
  despatch: "delivery_note",
};

/**
 * The type of a document, by its root element and its codes. An ERP may book what this says without another look, so
 * whatever is not known to be meant that way (changed, cancelled, rejected, accepted under a condition, only in part, a
 * code that no list here has) is `other`.
 */
export function documentTypeOf(kind: MessageKind, codes: StatedCodes): DocumentType {
  const type = codes.type === undefined ? TYPE_OF_KIND[kind] : listedType(kind, codes.type);
  const statuses = codes.lineStatuses ?? [];
  switch (type) {
    case "order_confirmation":
      return isAcceptance(codes, statuses.length) && statuses.every(isAcceptedLine) ? type : "other";
    case "purchase_order":
      return isOriginal(codes) && statuses.every(isOrderedLine) ? type : "other";
    default:
      return isOriginal(codes) ? type : "other";
  }
}

/** What an invoice of this type is booked as. */
export function invoiceTypeOf(code: string): DocumentType {
  return typeIn(INVOICE_CODES, code);
}

function listedType(kind: MessageKind, code: string): DocumentType {
  switch (kind) {
    case "invoice":
      return invoiceTypeOf(code);
    case "credit_note":
      return invoiceTypeOf(code) === "credit_note" ? "credit_note" : "other";
    case "order":
      return typeIn(ORDER_CODES, code);
    case "order_response":
      return typeIn(ORDER_CODES, code) === "order_confirmation" ? "order_confirmation" : "other";
    case "despatch":
      return typeIn(DESPATCH_CODES, code);
    default:
      return kind satisfies never;
  }
}

function typeIn(list: readonly TypeCode[], code: string): DocumentType {
  return list.find(([listed]) => listed === code)?.[2] ?? "other";
}

function isOriginal({ purpose }: StatedCodes): boolean {
  return purpose === undefined || meaningIn(PURPOSE_CODES, purpose) === "original";
}

/** Whoever states neither an answer nor lines confirms nothing. */
function isAcceptance({ purpose, response }: StatedCodes, lines: number): boolean {
  if (purpose === undefined && response === undefined) return lines > 0;
  return (
    (purpose === undefined || meaningIn(PURPOSE_CODES, purpose) === "acceptance") &&
    (response === undefined || meaningIn(RESPONSE_CODES, response) === "acceptance")
  );
}

function isOrderedLine(status: string | undefined): boolean {
  return status === undefined || ["ordered", "either"].includes(meaningIn(LINE_STATUS_CODES, status));
}

function isAcceptedLine(status: string | undefined): boolean {
  return status === undefined || ["accepted", "either"].includes(meaningIn(LINE_STATUS_CODES, status));
}

function meaningIn<Meaning extends string>(
  list: ReadonlyArray<readonly [code: string, name: string, meaning: Meaning | "neither"]>,
  code: string,
): Meaning | "neither" {
  return list.find(([listed]) => listed === code)?.[2] ?? "neither";
}
