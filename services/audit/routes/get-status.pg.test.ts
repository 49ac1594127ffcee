// Real: the endpoint, PostgreSQL with events stored as they are recorded. Doubled: the broker, which is not there, and the
// network, requests being injected.
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ADMIN_KEY, get, testApi } from "../testing/audit-api.ts";
import { type AuditDatabase, auditDatabase, recordingInto } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, sampleEvent, TENANT } from "../testing/sample-events.ts";
import { KEY } from "../testing/sample-record.ts";

const NOW = "2026-11-23T10:00:00.000Z";

let database: AuditDatabase;
let api: FastifyInstance;
beforeEach(async () => {
  database = await auditDatabase();
  api = testApi(database);
});
afterEach(async () => {
  await api.close();
  await database[Symbol.asyncDispose]();
});

const head = (tenant_id: string, event_count: number) => ({
  tenant_id,
  day: "2026-11-23",
  event_count,
  digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  key_id: KEY.id,
});

describe("GET /admin/status", () => {
  it("says that nothing has happened yet", async () => {
    expect(await get(api, "/admin/status", ADMIN_KEY)).toEqual({
      status: 200,
      body: {
        recording: { position: 0, pending_events: null, last_recorded_at: null, rejected_messages: 0 },
        rejected: [],
        projections: [expect.objectContaining({ name: "documents", version: 1, rebuild_total: 0 })],
        heads: [],
        alerts: [],
        last_retention: null,
      },
    });
  });

  it("says how far recording is, what was set aside, how each record stands, and what retention did last", async () => {
    const events = [sampleEvent("document.received"), sampleEvent("document.wiped"), sampleEvent("mail.unroutable")];
    const messages = [...events, "not an event"].map((event, index) => messageOf(event, index + 1));
    await recordMessages(recordingInto(database.pool, NOW), messages);
    await database.pool.query("INSERT INTO retention_runs VALUES ('2026-11-22', $1, 1, 2, 3, 0, 0, 4)", [NOW]);
    const { body } = await get(api, "/admin/status", ADMIN_KEY);
    expect(body).toMatchObject({
      recording: { position: 3, last_recorded_at: NOW, rejected_messages: 1 },
      rejected: [{ stream_sequence: 4, code: "not_an_event", rejected_at: expect.any(String) }],
      heads: [head("_", 1), head(TENANT, 2)],
      last_retention: {
        day: "2026-11-22",
        finished_at: NOW,
        segments: 1,
        events: 2,
        documents: 3,
        partitions: 0,
        rejected: 4,
        untrusted: 0,
      },
    });
  });
});
