import { describe, expect, it } from "vitest";
import { INVOICE_CODES } from "./codes/invoice-codes.ts";
import { DESPATCH_CODES, LINE_STATUS_CODES, ORDER_CODES, PURPOSE_CODES, RESPONSE_CODES } from "./codes/order-codes.ts";
import { documentTypeOf } from "./document-type.ts";

// Real: the lists of codes and what is made of them. Pure functions.

const LISTS = { INVOICE_CODES, ORDER_CODES, DESPATCH_CODES, PURPOSE_CODES, RESPONSE_CODES, LINE_STATUS_CODES };

describe("the lists of codes", () => {
  it.each(Object.entries(LISTS))("decide each code once: %s", (_name, list) => {
    const codes = list.map(([code]) => code);
    expect(codes).toEqual([...new Set(codes)]);
  });
});

describe("the type of a document", () => {
  it.each([
    ["invoice", "invoice"],
    ["credit_note", "credit_note"],
    ["order", "purchase_order"],
    ["despatch", "delivery_note"],
  ] as const)("is what its root says where it states no code: %s", (kind, expected) => {
    expect(documentTypeOf(kind, {})).toBe(expected);
  });

  it.each(["invoice", "credit_note", "order", "order_response", "despatch"] as const)(
    "is other for a code that is on no list: %s",
    (kind) => {
      expect(documentTypeOf(kind, { type: "999", lineStatuses: [undefined] })).toBe("other");
    },
  );

  it.each(INVOICE_CODES)("of an invoice with the code %s (%s) is %s", (type, _name, expected) => {
    expect(documentTypeOf("invoice", { type })).toBe(expected);
    expect(documentTypeOf("credit_note", { type })).toBe(expected === "credit_note" ? "credit_note" : "other");
  });

  it.each(ORDER_CODES)("of an order with the code %s (%s) is %s", (type, _name, expected) => {
    expect(documentTypeOf("order", { type, lineStatuses: [undefined] })).toBe(expected);
  });

  it.each(PURPOSE_CODES)("follows from what it is for: %s (%s) is %s", (purpose, _name, meaning) => {
    const [isOriginal, isAccepted] = [meaning === "original", meaning === "acceptance"];
    expect(documentTypeOf("order", { type: "220", purpose })).toBe(isOriginal ? "purchase_order" : "other");
    expect(documentTypeOf("despatch", { type: "351", purpose })).toBe(isOriginal ? "delivery_note" : "other");
    expect(documentTypeOf("order", { type: "231", purpose })).toBe(isAccepted ? "order_confirmation" : "other");
  });

  it.each(RESPONSE_CODES)("of an order response that says %s (%s) is a confirmation by %s", (response, _name, says) => {
    const expected = says === "acceptance" ? "order_confirmation" : "other";
    expect(documentTypeOf("order_response", { response, lineStatuses: [] })).toBe(expected);
  });

  it.each(LINE_STATUS_CODES)("follows from every line: %s (%s) is %s", (status, _name, meaning) => {
    const lineStatuses = [undefined, status];
    const isOrdered = meaning === "ordered" || meaning === "either";
    const isAccepted = meaning === "accepted" || meaning === "either";
    expect(documentTypeOf("order", { type: "220", lineStatuses })).toBe(isOrdered ? "purchase_order" : "other");
    expect(documentTypeOf("order_response", { response: "AP", lineStatuses })).toBe(
      isAccepted ? "order_confirmation" : "other",
    );
  });

  it("is no confirmation where an answer states neither what it answers nor a line", () => {
    expect(documentTypeOf("order_response", { lineStatuses: [] })).toBe("other");
    expect(documentTypeOf("order_response", { lineStatuses: [undefined] })).toBe("order_confirmation");
  });
});
