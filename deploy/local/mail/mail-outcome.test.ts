import { describe, expect, it } from "vitest";
import { describeOutcome, isDelivered, type MailOutcome } from "./mail-outcome.ts";

// Pure: what is shown of an outcome. The stack's end-to-end test shows that outcomes are found.

const documentId = "47fcbade-89af-87c0-a0c6-db3928c9e6c8";
const time = "2026-11-23T21:14:51.704Z";
const delivered: MailOutcome = {
  answer: { status: 200, headers: {}, body: {} },
  documentId,
  status: "delivered",
  code: undefined,
  trail: [
    { type: "document.received", time, data: { size_bytes: 158_478 } },
    { type: "document.extracted", time, data: { duration_ms: 284, provider: "e-invoice", page_count: 3 } },
    { type: "document.delivered", time, data: { duration_ms: 16, erp_http_status: 200 } },
    { type: "document.wiped", time, data: { wiped_bytes: { ingest: 159_732, extractor: 159_732 } } },
  ],
  delivery: { received_at: time, verified: true, headers: {}, body: { type: "document.extracted" } },
};

describe("the description of an outcome", () => {
  it("shows the JSON as the ERP got it, and the trail with durations", () => {
    const text = describeOutcome(delivered).join("\n");
    expect(text).toContain('The ERP received (signature verified):\n  {\n    "type": "document.extracted"\n  }');
    expect(text).toMatch(/^ {2}21:14:51\.704 {2}extracted +284 ms +from the e-invoice data inside, 3 pages$/m);
    expect(text).toMatch(/^ {2}21:14:51\.704 {2}wiped +ingest 159,732 bytes, extractor 159,732 bytes$/m);
    expect(text).toContain("The webhook answered 200: delivered.");
  });

  it("says so when the ERP's signature check failed", () => {
    const forged = { ...delivered, delivery: { received_at: time, verified: false, headers: {}, body: {} } };
    expect(describeOutcome(forged).join("\n")).toContain("SIGNATURE NOT VALID");
  });

  it("explains a code in words", () => {
    const refused: MailOutcome = { ...delivered, status: "refused", code: "document_encrypted", delivery: undefined };
    expect(describeOutcome(refused).at(-1)).toBe(
      "The webhook answered 200: refused (document_encrypted: it is encrypted and cannot be opened without a password).",
    );
  });

  it("says so when the audit log cannot be asked", () => {
    expect(describeOutcome({ ...delivered, trail: undefined }).join("\n")).toContain("is not there yet");
  });
});

describe("isDelivered", () => {
  it.each([
    ["delivered", true],
    ["duplicate", true],
    ["refused", false],
    ["temporarily_unavailable", false],
  ])("of %s is %s", (status, expected) => {
    expect(isDelivered({ ...delivered, status })).toBe(expected);
  });
});
