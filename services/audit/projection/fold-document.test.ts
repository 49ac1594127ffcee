// Real: the projection, on rows made from real events. Doubled: nothing; it has no input or output of its own.
import type { EventType } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import {
  DOCUMENT_ID,
  documentEvent,
  MAIL_ID,
  type SampleData,
  SENDER,
  sampleEvent,
  TENANT,
} from "../testing/sample-events.ts";
import type { DocumentEvent } from "./document-event.ts";
import { type DocumentRow, type FoldedDocument, foldedDocumentSchema } from "./document-row.ts";
import { DOCUMENTS_VERSION, foldDocument } from "./fold-document.ts";

type DocumentType = Extract<EventType, `document.${string}`>;
type Told = DocumentType | readonly [DocumentType, Partial<SampleData[DocumentType]>];

/** One event a second, in the given order, from 09:00:00. */
function history(...told: Told[]): DocumentEvent[] {
  return told.map((entry, second) => {
    const [type, data] = typeof entry === "string" ? [entry, {}] : entry;
    const event = sampleEvent(type, { time: at(second), data: { ...data } });
    return documentEvent(event, second + 1);
  });
}

function fold(events: readonly DocumentEvent[]): FoldedDocument {
  const row = events.reduce<FoldedDocument | undefined>(foldDocument, undefined);
  if (row === undefined) throw new TypeError("a document has at least one event");
  return row;
}
const at = (second: number) => `2026-11-23T09:00:${String(second).padStart(2, "0")}.000Z`;

const received = "document.received";
const claimed = "document.claimed";
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
      expect(fold(history(...given))).toMatchObject({ status: then, status_at: at(since) });
    },
  );

  it("says why and where it ended, until it ends better", () => {
    const refused = fold(history(received, "document.refused", wiped));
    expect(refused).toMatchObject({ code: "document_encrypted", stage: "extract" });
    const deferral = fold(history(received, deferred));
    expect(deferral).toMatchObject({ code: "erp_unavailable", stage: "deliver" });
    expect(fold(history(received, deferred, extracted))).toMatchObject({ code: null, stage: null });
    expect(fold(history(received, deferred, extracted, delivered))).toMatchObject({
      code: null,
      stage: null,
    });
  });
});

describe("what is known of a document", () => {
  it("is everything its events have stated", () => {
    expect(fold(history(received, claimed, extracted, delivered, wiped))).toMatchObject({
      document_id: DOCUMENT_ID,
      mail_id: MAIL_ID,
      tenant_id: TENANT,
      status: "delivered",
      status_at: at(3),
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
      receive_duration_ms: 35,
      claim_duration_ms: 6,
      extract_duration_ms: 1_200,
      extract_attempts: 1,
      deliver_duration_ms: 80,
      deliver_attempts: 2,
      wiped_at: at(4),
      trace_id: null,
    } satisfies DocumentRow);
  });

  it("is when it was first received, however often it comes", () => {
    expect(fold(history(received, deferred, received, deferred)).received_at).toBe(at(0));
    expect(fold(history(wiped, received)).received_at).toBe(at(1));
  });

  it("is the duration of the stage at which it ended", () => {
    const held = [deferred, { stage: "claim", code: "claimed_elsewhere", duration_ms: 4 }] as const;
    const tooLarge = ["document.refused", { stage: "receive", code: "document_too_large", duration_ms: 7 }] as const;
    expect(fold(history(received, held))).toMatchObject({
      claim_duration_ms: 4,
      extract_duration_ms: null,
    });
    expect(fold(history(received, tooLarge))).toMatchObject({ receive_duration_ms: 7 });
    expect(fold(history(received, "document.invalid"))).toMatchObject({ extract_duration_ms: 900 });
    const read = { provider: "gemini", model: "gemini-2.5-flash", input_tokens: 700, output_tokens: 90 } as const;
    expect(fold(history(received, ["document.invalid", read]))).toMatchObject(read);
    expect(fold(history(received, extracted, "document.undeliverable"))).toMatchObject({
      extract_duration_ms: 1_200,
      deliver_duration_ms: 70,
      deliver_attempts: 3,
    });
  });

  it("is how long the last claim took, which changes nothing of where it stands", () => {
    const again = [claimed, { duration_ms: 9 }] as const;
    expect(fold(history(received, claimed))).toMatchObject({ status: "received", claim_duration_ms: 6 });
    expect(fold(history(received, claimed, deferred, again))).toMatchObject({
      status: "deferred",
      claim_duration_ms: 9,
    });
  });

  it("is not how long an attempt took that found it claimed, once it is claimed", () => {
    const held = [deferred, { stage: "claim", code: "claimed_elsewhere", duration_ms: 777 }] as const;
    expect(fold(history(received, claimed, held, extracted, delivered))).toMatchObject({ claim_duration_ms: 6 });
    expect(fold(history(received, claimed, extracted, delivered, held))).toMatchObject({ claim_duration_ms: 6 });
    expect(fold(history(received, held, claimed, held, delivered))).toMatchObject({ claim_duration_ms: 6 });
  });

  it("is how long receiving it took, also when it is received again by an ingest that does not say so", () => {
    expect(fold(history(received)).receive_duration_ms).toBe(35);
    expect(fold(history(received, [received, { duration_ms: undefined }])).receive_duration_ms).toBe(35);
    expect(fold(history([received, { duration_ms: undefined }])).receive_duration_ms).toBeNull();
  });

  it("is no delivery where the extraction was the answer to its caller", () => {
    const answered = [delivered, { erp_http_status: undefined, attempts: 0, duration_ms: 1_200 }] as const;
    const unmeasured = { extract_duration_ms: 1_200, deliver_duration_ms: null, deliver_attempts: null };
    expect(fold(history(received, extracted, answered))).toMatchObject({ status: "delivered", ...unmeasured });
    expect(fold(history(received, deferred, extracted, answered))).toMatchObject(unmeasured);
  });

  it("is not a mixture of two extractions", () => {
    const byModel = extracted;
    const byEInvoice = [
      extracted,
      { provider: "e-invoice", model: undefined, input_tokens: undefined, output_tokens: undefined },
    ] as const;
    expect(fold(history(received, byModel, deferred, byEInvoice))).toMatchObject({
      provider: "e-invoice",
      model: null,
      input_tokens: null,
      output_tokens: null,
    });
  });

  it("is the last wipe receipt, also after the end", () => {
    expect(fold(history(received, extracted, delivered, wiped, duplicate, wiped)).wiped_at).toBe(at(5));
  });

  it("is what any of its events have stated, also one that neither is the first nor the last of its type", () => {
    const told = [deferred, { page_count: 7 }] as const;
    const silent = [deferred, { page_count: undefined }] as const;
    expect(fold(history(received, told, silent)).page_count).toBe(7);
  });

  it("is the trace of the last attempt that was traced", () => {
    const traced = (second: number, id: string) =>
      documentEvent(sampleEvent(deferred, { time: at(second), traceparent: `00-${id}-00f067aa0ba902b7-01` }), second);
    const [a, b] = ["a".repeat(32), "b".repeat(32)];
    expect(fold([traced(0, a), traced(1, b)]).trace_id).toBe(b);
    expect(fold([traced(0, a), ...history(received)]).trace_id).toBe(a);
  });

  it("comes with the version of the fold and the key of the last event in it", () => {
    const events = history(received, extracted);
    expect(fold(events)).toMatchObject({
      projection_version: DOCUMENTS_VERSION,
      folded_time: at(1),
      folded_sequence: 2,
      folded_event_id: events[1]?.event_id,
    });
  });

  it("has every column of its table, also of a document of which next to nothing is known", () => {
    expect(Object.keys(fold(history(wiped))).sort()).toEqual(Object.keys(foldedDocumentSchema.shape).sort());
  });
});
