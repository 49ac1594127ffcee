// Real: the endpoint, PostgreSQL with events stored as they are recorded. Doubled: the network, requests being injected.
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ADMIN_KEY, get, OTHER_TENANT, testApi } from "../testing/audit-api.ts";
import { type AuditDatabase, auditDatabase, recordingInto } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, sampleEvent, TENANT } from "../testing/sample-events.ts";
import { KEY } from "../testing/sample-record.ts";

let database: AuditDatabase;
let api: FastifyInstance;
beforeAll(async () => {
  database = await auditDatabase();
  api = testApi(database);
  const event = sampleEvent("document.received", { time: "2026-11-23T09:00:00.000Z" });
  await recordMessages(recordingInto(database.pool, "2026-11-23T10:00:00.000Z"), [messageOf(event, 1)]);
});
afterAll(async () => {
  await api.close();
  await database[Symbol.asyncDispose]();
});

const pageSchema = z.object({ tenants: z.array(z.unknown()), next_cursor: z.string().nullable() });

describe("GET /admin/tenants", () => {
  const acme = {
    id: TENANT,
    plan: "starter",
    retention_days: 30,
    newest_document_at: "2026-11-23T09:00:00.000Z",
    head: {
      tenant_id: TENANT,
      day: "2026-11-23",
      event_count: 1,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      key_id: KEY.id,
    },
  };
  const globex = { id: OTHER_TENANT, plan: "scale", retention_days: 365, newest_document_at: null, head: null };

  it("shows all that are configured, and how each one's record stands", async () => {
    expect(await get(api, "/admin/tenants", ADMIN_KEY)).toEqual({
      status: 200,
      body: { tenants: [acme, globex], next_cursor: null },
    });
  });

  it("shows them page by page", async () => {
    const first = pageSchema.parse((await get(api, "/admin/tenants?limit=1", ADMIN_KEY)).body);
    expect(first.tenants).toEqual([acme]);
    const second = await get(api, `/admin/tenants?limit=1&cursor=${first.next_cursor}`, ADMIN_KEY);
    expect(second.body).toEqual({ tenants: [globex], next_cursor: null });
  });
});
