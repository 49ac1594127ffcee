// Real: the ERP's ledger, on deliveries as the ERP double tells of them. Doubled: nothing.
import { describe, expect, it } from "vitest";
import { ErpLedger } from "./erp-ledger.ts";

const AT = Date.parse("2026-11-01T12:00:00.500Z");

interface Details {
  readonly verified?: boolean;
  readonly receivedAt?: number;
  readonly signedAt?: number;
}

const delivery = (
  id: string,
  number: string,
  { verified = true, receivedAt = AT, signedAt = receivedAt }: Details = {},
) => ({
  received_at: new Date(receivedAt).toISOString(),
  verified,
  headers: { "webhook-id": id, "webhook-timestamp": String(Math.floor(signedAt / 1_000)) },
  body: { type: "document.extracted", data: { extraction: { document_number: number } } },
});

describe("what the ERP knows", () => {
  it("is a document by its number, and the ids it was sent under", () => {
    const ledger = new ErpLedger();
    ledger.note(delivery("a", "INV-1"));
    ledger.note(delivery("a", "INV-1"));
    ledger.note(delivery("b", "INV-2"));
    ledger.note(delivery("c", "INV-2"));
    expect([ledger.idsOf("INV-1"), ledger.idsOf("INV-2"), ledger.idsOf("INV-3")]).toEqual([["a"], ["b", "c"], []]);
  });

  it("is when a document first came", () => {
    const ledger = new ErpLedger();
    for (const receivedAt of [AT, AT + 1]) ledger.note(delivery("a", "INV-1", { receivedAt }));
    expect([ledger.firstBookedAt("INV-1"), ledger.firstBookedAt("INV-2")]).toEqual([AT, undefined]);
  });

  it("is what came after a moment", () => {
    const ledger = new ErpLedger();
    ledger.note(delivery("a", "INV-1"));
    expect(ledger.requestsAfter("INV-1", AT)).toBe(0);
    ledger.note(delivery("a", "INV-1", { receivedAt: AT + 1 }));
    expect([ledger.requestsAfter("INV-1", AT), ledger.requestsSignedAfter("INV-1", AT)]).toEqual([1, 1]);
  });

  it("tells what was signed long before it came from what was sent again", () => {
    const ledger = new ErpLedger();
    ledger.note(delivery("a", "INV-1", { receivedAt: AT + 60_000, signedAt: AT - 30_000 }));
    expect([ledger.requestsAfter("INV-1", AT), ledger.requestsSignedAfter("INV-1", AT)]).toEqual([1, 0]);
  });

  it("is nothing that was not signed, and nothing that is no delivery", () => {
    const ledger = new ErpLedger();
    ledger.note(delivery("a", "INV-1", { verified: false }));
    ledger.note({ ...delivery("a", "INV-1"), body: { type: "ping" } });
    expect(ledger.idsOf("INV-1")).toEqual([]);
  });

  it("tells of the next delivery", async () => {
    const ledger = new ErpLedger();
    const next = ledger.next();
    ledger.note(delivery("a", "INV-1"));
    await expect(next).resolves.toBeUndefined();
  });
});
