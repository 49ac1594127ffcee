// Real: the projection, on rows made from real events. Doubled: nothing; it has no input or output of its own.
import type { EventType } from "@flowstate/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DocumentEvent, type DocumentRow, projectDocument } from "./documents-projection.ts";
import {
  DOCUMENT_ID,
  documentEvent,
  MAIL_ID,
  type SampleData,
  SENDER,
  sampleEvent,
  TENANT,
} from "./testing/sample-events.ts";

type DocumentType = Extract<EventType, `document.${string}`>;
type Told = DocumentType | readonly [DocumentType, Partial<SampleData[DocumentType]>];

/** One event a second, in the given order, from 09:00:00. */
function history(...told: Told[]): [DocumentEvent, ...DocumentEvent[]] {
  const [first, ...later] = told.map((entry, second) => {
    const [type, data] = typeof entry === "string" ? [entry, {}] : entry;
    const event = sampleEvent(type, { time: at(second), data: { ...data } });
    return documentEvent(event, second + 1);
  });
  if (first === undefined) throw new TypeError("a document has at least one event");
  return [first, ...later];
}
const at = (second: number) => `2026-11-23T09:00:${String(second).padStart(2, "0")}.000Z`;

const received = "document.received";
const extracted = "document.extracted";
const delivered = "document.delivered";
const deferred = "document.deferred";
const duplicate = "document.duplicate";
const wiped = "document.wiped";

describe("where a document stands", () => {
  const table: readonly (readonly [given: readonly Told[], then: DocumentRow["status"], since: number])[] = [
    [[received], "received", 0],
    [[received, extracted], "extracted", 1],
    [[received, extracted, delivered], "delivered", 2],
    [[received, extracted, delivered, wiped], "delivered", 2],
    [[received, "document.refused", wiped], "refused", 1],
    [[received, "document.invalid", wiped], "invalid", 1],
    [[received, extracted, "document.undeliverable", wiped], "undeliverable", 2],
    [[received, deferred, wiped], "deferred", 1],
    // The sender tries again.
    [[received, deferred, wiped, received], "received", 3],
    [[received, deferred, wiped, extracted], "extracted", 3],
    [[received, extracted, deferred, wiped, extracted, delivered, wiped], "delivered", 5],
    [[received, deferred, deferred, deferred], "deferred", 3],
    [[received, deferred, "document.refused"], "refused", 2],
    // An end is an end: what comes after it cannot put the document back on its way.
    [[received, extracted, delivered, duplicate, wiped], "delivered", 2],
    [[received, extracted, delivered, deferred], "delivered", 2],
    [[received, extracted, delivered, received, extracted], "delivered", 2],
    [[received, "document.undeliverable", deferred], "undeliverable", 1],
    [[received, "document.invalid", duplicate], "invalid", 1],
    [[received, "document.refused", received, "document.invalid"], "invalid", 3],
    [[received, "document.undeliverable", extracted, delivered], "delivered", 3],
    [[received, extracted, delivered, "document.refused"], "delivered", 2],
    // `duplicate` knows of an end that has not arrived here, or no longer is.
    [[duplicate], "duplicate", 0],
    [[received, extracted, duplicate], "duplicate", 2],
    [[received, deferred, duplicate, deferred], "duplicate", 2],
    [[duplicate, delivered], "delivered", 1],
    // A receipt alone says nothing but that the document exists.
    [[wiped], "received", 0],
    [[wiped, received], "received", 1],
  ];

  it.each(table.map(([given, then, since]) => ({ given, then, since })))(
    "is $then after $given",
    ({ given, then, since }) => {
      expect(projectDocument(history(...given))).toMatchObject({ status: then, status_at: at(since) });
    },
  );

  it("says why and where it ended, until it ends better", () => {
    const refused = projectDocument(history(received, "document.refused", wiped));
    expect(refused).toMatchObject({ code: "document_encrypted", stage: "extract" });
    const deferral = projectDocument(history(received, deferred));
    expect(deferral).toMatchObject({ code: "erp_unavailable", stage: "deliver" });
    expect(projectDocument(history(received, deferred, extracted))).toMatchObject({ code: null, stage: null });
    expect(projectDocument(history(received, deferred, extracted, delivered))).toMatchObject({
      code: null,
      stage: null,
    });
  });
});

describe("what is known of a document", () => {
  it("is everything its events have stated", () => {
    expect(projectDocument(history(received, extracted, delivered, wiped))).toEqual({
      document_id: DOCUMENT_ID,
      mail_id: MAIL_ID,
      tenant_id: TENANT,
      status: "delivered",
      status_at: at(2),
      code: null,
      stage: null,
      sender_email: SENDER,
      source: "sendgrid",
      size_bytes: 20_480,
      page_count: 2,
      provider: "gemini",
      model: "gemini-2.5-flash",
      input_tokens: 1_000,
      output_tokens: 400,
      validation_status: "valid",
      validation_issue_count: 0,
      erp_http_status: 202,
      received_at: at(0),
      receive_duration_ms: null,
      claim_duration_ms: null,
      extract_duration_ms: 1_200,
      extract_attempts: 1,
      deliver_duration_ms: 80,
      deliver_attempts: 2,
      wiped_at: at(3),
    } satisfies DocumentRow);
  });

  it("is when it was first received, however often it comes", () => {
    expect(projectDocument(history(received, deferred, received, deferred)).received_at).toBe(at(0));
    expect(projectDocument(history(wiped, received)).received_at).toBe(at(1));
  });

  it("is the duration of the stage at which it ended", () => {
    const claimed = [deferred, { stage: "claim", code: "claimed_elsewhere", duration_ms: 4 }] as const;
    const tooLarge = ["document.refused", { stage: "receive", code: "document_too_large", duration_ms: 7 }] as const;
    expect(projectDocument(history(received, claimed))).toMatchObject({
      claim_duration_ms: 4,
      extract_duration_ms: null,
    });
    expect(projectDocument(history(received, tooLarge))).toMatchObject({ receive_duration_ms: 7 });
    expect(projectDocument(history(received, "document.invalid"))).toMatchObject({ extract_duration_ms: 900 });
    expect(projectDocument(history(received, extracted, "document.undeliverable"))).toMatchObject({
      extract_duration_ms: 1_200,
      deliver_duration_ms: 70,
      deliver_attempts: 3,
    });
  });

  it("is not a mixture of two extractions", () => {
    const byModel = extracted;
    const byEInvoice = [
      extracted,
      { provider: "e-invoice", model: undefined, input_tokens: undefined, output_tokens: undefined },
    ] as const;
    expect(projectDocument(history(received, byModel, deferred, byEInvoice))).toMatchObject({
      provider: "e-invoice",
      model: null,
      input_tokens: null,
      output_tokens: null,
    });
  });

  it("is the last wipe receipt, also after the end", () => {
    expect(projectDocument(history(received, extracted, delivered, wiped, duplicate, wiped)).wiped_at).toBe(at(5));
  });

  it("does not depend on events between the first and the last of a type", () => {
    const types = [
      received,
      extracted,
      delivered,
      "document.refused",
      "document.invalid",
      "document.undeliverable",
      deferred,
      duplicate,
      wiped,
    ] as const;
    const number = fc.nat({ max: 1_000 });
    const told = fc.oneof(
      fc.constantFrom(...types),
      fc.tuple(fc.constant(received), fc.record({ size_bytes: number })),
      fc.tuple(
        fc.constant(deferred),
        fc.record({ duration_ms: number, page_count: fc.option(number, { nil: undefined }) }),
      ),
    );
    fc.assert(
      fc.property(fc.array(told, { minLength: 1, maxLength: 40 }), (entries) => {
        const all = history(...entries);
        const [first, ...later] = all;
        const matters = (event: DocumentEvent) =>
          all.find(({ type }) => type === event.type) === event ||
          all.findLast(({ type }) => type === event.type) === event;
        expect(projectDocument([first, ...later.filter(matters)])).toEqual(projectDocument(all));
      }),
    );
  });
});
