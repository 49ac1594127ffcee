// Real: the endpoint, retention, PostgreSQL with events stored as they are recorded. Doubled: the network, requests being
// injected, and the day of recording.
import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RETENTION_LOCK } from "../database/advisory-locks.ts";
import { ADMIN_KEY, testApi } from "../testing/audit-api.ts";
import { type AuditDatabase, auditDatabase, recordingInto } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, sampleEvent } from "../testing/sample-events.ts";

let database: AuditDatabase;
let api: FastifyInstance;
beforeEach(async () => {
  database = await auditDatabase();
  api = testApi(database);
  // Kept for thirty days, and long past them.
  const events = [1, 2].map(() => sampleEvent("document.received", { data: { document_id: randomUUID() } }));
  const messages = events.map((event, index) => messageOf(event, index + 1));
  await recordMessages(recordingInto(database.pool, "2026-01-05T10:00:00.000Z"), messages);
});
afterEach(async () => {
  await api.close();
  await database[Symbol.asyncDispose]();
});

async function post(payload: string, type = "application/json") {
  const headers = { "x-api-key": ADMIN_KEY, "content-type": type };
  const answer = await api.inject({ method: "POST", url: "/admin/retention", headers, payload });
  return { status: answer.statusCode, body: answer.json() };
}
async function countEvents(): Promise<number> {
  return (await database.pool.query("SELECT FROM events")).rows.length;
}

describe("POST /admin/retention", () => {
  const DUE = { segments: 1, events: 2, documents: 2, rejected: 0, untrusted: 0 };

  it("says what is due, and does it when that is asked for", async () => {
    expect(await post('{"dry_run":true}')).toMatchObject({ status: 200, body: { dry_run: true, ...DUE } });
    expect(await countEvents()).toBe(2);
    expect(await post('{"dry_run":false}')).toMatchObject({ status: 200, body: { dry_run: false, ...DUE } });
    expect(await countEvents()).toBe(0);
    expect(await post('{"dry_run":true}')).toMatchObject({
      status: 200,
      body: { segments: 0, events: 0, documents: 0 },
    });
  });

  it("tells of heads that are not signed as they must be, before as after", async () => {
    await database.pool.query("UPDATE segments SET digest = '\\x00'");
    const left = { segments: 0, events: 0, documents: 0, partitions: 0, untrusted: 1 };
    expect(await post('{"dry_run":true}')).toMatchObject({ status: 200, body: { dry_run: true, ...left } });
    expect(await post('{"dry_run":false}')).toMatchObject({ status: 200, body: { dry_run: false, ...left } });
    expect(await countEvents()).toBe(2);
  });

  it("is to come again while another instance is at it", async () => {
    const other = await database.pool.connect();
    await other.query(`SELECT pg_advisory_lock(${RETENTION_LOCK}, 0)`);
    expect(await post('{"dry_run":false}')).toEqual({ status: 503, body: { error: "temporarily_unavailable" } });
    expect(await countEvents()).toBe(2);
    other.release(true);
  });

  it.each(["", "{}", "null", "[]", '{"dry_run":"false"}', '{"dry_run":1}', '{"dry_run":true,"days":1}', "dry_run"])(
    "removes nothing for the body %j",
    async (body) => {
      expect(await post(body)).toEqual({ status: 400, body: { error: "malformed_request" } });
      expect(await countEvents()).toBe(2);
    },
  );

  it("takes JSON only", async () => {
    expect(await post('{"dry_run":false}', "text/plain")).toMatchObject({ status: 415 });
    expect(await post("dry_run=false", "application/x-www-form-urlencoded")).toMatchObject({ status: 415 });
    expect(await countEvents()).toBe(2);
  });
});
