// Real: the endpoint, PostgreSQL with events stored through the projection. Doubled: the network, requests being injected.
import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { get, OTHER_KEY, testApi } from "../testing/audit-api.ts";
import { type AuditDatabase, auditDatabase, recordingInto } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { DOCUMENT_ID, MAIL_ID, messageOf, SAMPLE_DATA, SENDER, sampleEvent, TENANT } from "../testing/sample-events.ts";

const MANY_TIMES = 300;
const often = randomUUID();
const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

let database: AuditDatabase;
let api: FastifyInstance;
const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 9, 0, second)).toISOString();
const journey = [
  sampleEvent("document.received", { time: at(0) }),
  sampleEvent("document.extracted", { time: at(1) }),
  sampleEvent("document.delivered", { time: at(2), traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01` }),
  sampleEvent("document.wiped", { time: at(3) }),
];
beforeAll(async () => {
  database = await auditDatabase();
  api = testApi(database);
  const recording = recordingInto(database.pool);
  await recordMessages(
    recording,
    journey.map((event, index) => messageOf(event, index)),
  );
  const duplicates = Array.from({ length: MANY_TIMES }, (_, index) =>
    sampleEvent("document.duplicate", { time: at(index), data: { document_id: often } }),
  );
  await recordMessages(
    recording,
    duplicates.map((event, index) => messageOf(event, index)),
  );
});
afterAll(async () => {
  await api.close();
  await database[Symbol.asyncDispose]();
});

describe("GET /api/documents/:id", () => {
  it("shows where the document stands and its history, oldest first", async () => {
    expect(await get(api, `/api/documents/${DOCUMENT_ID}`)).toEqual({
      status: 200,
      body: {
        document: {
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
          receive_duration_ms: 35,
          claim_duration_ms: null,
          extract_duration_ms: 1_200,
          extract_attempts: 1,
          deliver_duration_ms: 80,
          deliver_attempts: 2,
          wiped_at: at(3),
          trace_id: TRACE_ID,
        },
        events: journey.map(({ id, type, time, data }) => ({
          id,
          type,
          time,
          trace_id: type === "document.delivered" ? TRACE_ID : null,
          data,
        })),
      },
    });
  });

  it("finds an id whatever the case of its letters", async () => {
    expect((await get(api, `/api/documents/${DOCUMENT_ID.toUpperCase()}`)).status).toBe(200);
  });

  it("shows the newest part of a history without end", async () => {
    const { body } = await get(api, `/api/documents/${often}`);
    const { events } = z.object({ events: z.array(z.object({ time: z.string() })) }).parse(body);
    expect(events.map(({ time }) => time)).toEqual(Array.from({ length: 200 }, (_, index) => at(index + 100)));
  });

  it.each([
    ["another tenant's", DOCUMENT_ID, OTHER_KEY],
    ["nobody's", "7d4f1c1e-52f5-4b39-9a5e-0d8f9f4c2b10", undefined],
    ["not an id", "4711", undefined],
    ["not an id either", "%00", undefined],
    ["an attempt at SQL", "'%20OR%20true--", undefined],
  ])("answers 404 for a document that is %s", async (_what, id, key) => {
    expect(await get(api, `/api/documents/${id}`, key)).toEqual({ status: 404, body: { error: "not_found" } });
  });

  it("refuses parameters it does not have", async () => {
    expect((await get(api, `/api/documents/${DOCUMENT_ID}?fields=all`)).status).toBe(400);
  });

  it("shows exactly what each event stated", () => {
    expect(journey.map(({ data }) => data)).toEqual([
      SAMPLE_DATA["document.received"],
      SAMPLE_DATA["document.extracted"],
      SAMPLE_DATA["document.delivered"],
      SAMPLE_DATA["document.wiped"],
    ]);
  });
});
