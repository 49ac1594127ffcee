// Real: PostgreSQL, the OpenTelemetry SDK and its exporter. Doubled: the collector, by an HTTP server that keeps what it is
// sent; the stream, whose messages are made here.
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import type { EventType } from "@flowstate/contracts";
import { startTelemetry } from "@flowstate/runtime";
import { expect, it } from "vitest";
import { z } from "zod";
import { auditDatabase, recordingInto } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, SENDER, sampleEvent } from "../testing/sample-events.ts";

const spanSchema = z.object({
  name: z.string(),
  traceId: z.string(),
  kind: z.number(),
  parentSpanId: z.string().optional(),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
  attributes: z.array(z.object({ key: z.string(), value: z.unknown() })),
});
const exportSchema = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })) })),
});
/** SPAN_KIND_CONSUMER of the OpenTelemetry protocol. */
const CONSUMER = 5;

/** Records `batches` with tracing on and resolves with the spans that reach the collector. */
async function spansOf(batches: readonly (readonly ReturnType<typeof messageOf>[])[]) {
  const received: unknown[] = [];
  const collector = createServer((request, response) => {
    void json(request).then((body) => {
      if (request.url === "/v1/traces") received.push(body);
      response.setHeader("content-type", "application/json").end("{}");
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  const address = collector.address();
  if (address === null || typeof address === "string") throw new TypeError("the collector has no port");
  try {
    // Disposed, and so flushed, when the block ends; the collector is there until then.
    await using _telemetry = await startTelemetry("audit", new URL(`http://127.0.0.1:${address.port}`));
    await using database = await auditDatabase();
    for (const batch of batches) await recordMessages(recordingInto(database.pool), batch);
  } finally {
    collector.close();
    collector.closeAllConnections();
  }
  const spans = received.flatMap((body) =>
    exportSchema.parse(body).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );
  return { spans, exported: JSON.stringify(received) };
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");

it("a batch is stored in one consumer span, linked to each mail it is about and marked in its trace, and carries no content", async () => {
  const traced = (type: EventType, trace: number, span: number) =>
    sampleEvent(type, { traceparent: `00-${hex(trace, 32)}-${hex(span, 16)}-01` });
  const events = [traced("mail.received", 0xa, 0xa1)];
  for (const trace of [0xa, 0xb]) {
    events.push(traced("document.received", trace, 0xd0 + trace), traced("document.wiped", trace, 0xd0 + trace));
  }
  const mails = [...events, sampleEvent("mail.ignored"), "not an event"].map(messageOf);
  const flood = Array.from({ length: 200 }, (_, index) =>
    messageOf(traced("mail.ignored", 0x100 + index, 1), 100 + index),
  );

  const { spans, exported } = await spansOf([mails, flood]);
  const batches = spans.filter(({ name }) => name === "process events");
  expect(batches.map(({ kind, parentSpanId }) => ({ kind, parentSpanId: parentSpanId ?? "" }))).toEqual([
    { kind: CONSUMER, parentSpanId: "" },
    { kind: CONSUMER, parentSpanId: "" },
  ]);
  const marks = spans.filter(({ name }) => name === "record events");
  expect(batches.length + marks.length).toBe(spans.length);
  expect(marks).toHaveLength(2 + flood.length);
  expect(marks.slice(0, 2)).toMatchObject([
    { kind: CONSUMER, traceId: hex(0xa, 32), parentSpanId: hex(0xa1, 16) },
    { kind: CONSUMER, traceId: hex(0xb, 32), parentSpanId: hex(0xdb, 16) },
  ]);
  const [first, second] = batches;
  expect(first?.links).toEqual([
    { traceId: hex(0xa, 32), spanId: hex(0xa1, 16) },
    { traceId: hex(0xb, 32), spanId: hex(0xdb, 16) },
  ]);
  expect(second?.links).toHaveLength(128);
  expect(first?.attributes.map(({ key }) => key).sort()).toEqual([
    "messaging.batch.message_count",
    "messaging.destination.name",
    "messaging.operation.type",
    "messaging.system.name",
  ]);
  expect(exported).not.toContain(SENDER);
});
