// Real: both exports over connections of their own, PostgreSQL with stored events, or with more than one read of them.
// Doubled: of the many events the recording, rows being made by PostgreSQL itself.
import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ADMIN_KEY, KEY, OTHER_KEY, OTHER_TENANT, testApi } from "../testing/audit-api.ts";
import { type AuditDatabase, auditDatabase, recordingInto, testPool } from "../testing/audit-database.ts";
import { insertEvents } from "../testing/history.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { DOCUMENT_ID, MAIL_ID, messageOf, sampleEvent, TENANT } from "../testing/sample-events.ts";

const SOON = { timeout: 20_000, interval: 20 };
const MANY = 20_000;

let database: AuditDatabase;
let api: FastifyInstance;
let url: string;
async function start(): Promise<void> {
  database = await auditDatabase();
  api = testApi(database);
  url = await api.listen({ host: "127.0.0.1", port: 0 });
}
async function stop(): Promise<void> {
  await api.close();
  await database[Symbol.asyncDispose]();
}

function record(...events: readonly ReturnType<typeof sampleEvent>[]): Promise<void> {
  return recordMessages(
    recordingInto(database.pool),
    events.map((event, index) => messageOf(event, index)),
  );
}

function request(path: string, key = KEY, signal?: AbortSignal): Promise<Response> {
  return fetch(new URL(path, url), { headers: { "x-api-key": key }, ...(signal && { signal }) });
}
const textOf = async (path: string, key = KEY) => (await request(path, key)).text();
const linesOf = async (query = "", key = KEY) => {
  const lines = (await textOf(`/api/export.ndjson${query}`, key)).split("\n").filter((line) => line !== "");
  return lines.map((line): { id: string; type: string } => JSON.parse(line));
};

describe("an export", () => {
  beforeEach(start);
  afterEach(stop);

  it("has each event as the API shows it, oldest first, a line each", async () => {
    const events = ["2026-11-23T09:00:02.000Z", "2026-11-23T09:00:00.000Z", "2026-11-23T09:00:01.000Z"].map((time) =>
      sampleEvent("document.received", { time }),
    );
    await record(...events);
    const answer = await request("/api/export.ndjson");
    expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
    expect(answer.headers.get("content-disposition")).toBe('attachment; filename="flowstate-events.ndjson"');
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const [second, first] = [events[2], events[1]];
    expect(
      (await answer.text())
        .split("\n")
        .slice(0, 2)
        .map((line) => JSON.parse(line)),
    ).toEqual(
      [first, second].map((event) => ({
        id: event?.id,
        type: event?.type,
        time: event?.time,
        trace_id: null,
        data: event?.data,
      })),
    );
  });

  it("is a table for spreadsheets in which no sender's address is a formula", async () => {
    const id = randomUUID();
    const sender_email = "+1-1@supplier.example";
    await record(sampleEvent("document.received", { id, data: { sender_email } }));
    const answer = await request("/api/export.csv");
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    const [head, row, rest] = (await answer.text()).split("\r\n");
    expect(head?.split(",").slice(0, 8)).toEqual([
      "event_id",
      "type",
      "time",
      "tenant_id",
      "mail_id",
      "document_id",
      "sender_email",
      "source",
    ]);
    expect(row).toBe(
      `${id},document.received,2026-11-23T09:00:00.000Z,${TENANT},${MAIL_ID},${DOCUMENT_ID},'${sender_email},sendgrid,20480,,,,35${",".repeat(12)}`,
    );
    expect(rest).toBe("");
    expect(row?.split(",").length).toBe(head?.split(",").length);
  });

  it("has the events of the time asked for: from, and before", async () => {
    const at = (second: number) => `2026-11-23T09:00:0${second}.000Z`;
    await record(...[0, 1, 2, 3].map((second) => sampleEvent("document.received", { time: at(second) })));
    expect(await linesOf(`?since=${at(1)}&until=${at(3)}`)).toMatchObject([{ time: at(1) }, { time: at(2) }]);
  });

  it("has each tenant's own, and with the operator's key all or one's", async () => {
    await record(
      sampleEvent("document.received"),
      sampleEvent("document.received", { data: { tenant_id: OTHER_TENANT, document_id: randomUUID() } }),
      sampleEvent("mail.unroutable"),
    );
    const counts = [
      await linesOf(),
      await linesOf("", OTHER_KEY),
      await linesOf("", ADMIN_KEY),
      await linesOf(`?tenant=${OTHER_TENANT}`, ADMIN_KEY),
    ].map(({ length }) => length);
    expect(counts).toEqual([1, 1, 3, 1]);
  });

  it("is empty when there is nothing, with a head for spreadsheets", async () => {
    expect(await textOf("/api/export.ndjson")).toBe("");
    expect((await textOf("/api/export.csv")).split("\r\n")).toHaveLength(2);
  });
});

describe("an export of many events", () => {
  beforeAll(async () => {
    await start();
    await insertEvents(database.pool, MANY);
  });
  afterAll(stop);

  it("is read no further for a client that has gone away", async () => {
    let reads = 0;
    database.apiPool.on("acquire", () => {
      reads += 1;
    });
    const leaving = new AbortController();
    const answer = await request("/api/export.ndjson", KEY, leaving.signal);
    await answer.body?.getReader().read();
    leaving.abort();
    await expect.poll(() => api.server.listening && connections(), SOON).toBe(0);
    const whenLeft = reads;
    await expect.poll(() => statementsUnderWay(), SOON).toBe(0);
    expect(whenLeft).toBeLessThan(MANY / 1_000);
    // Whoever comes next finds the connections free, and is the only one to have read.
    await request("/api/documents");
    expect(reads).toBe(whenLeft + 1);
  });

  it("is cut off, not ended, when the database goes away under way", async () => {
    const answer = await request("/api/export.ndjson");
    const reader = answer.body?.getReader();
    await reader?.read();
    const pool = testPool(new URL("/postgres", database.url).href);
    const name = new URL(database.url).pathname.slice(1);
    await pool.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await pool.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [name]);
    const readToItsEnd = async () => {
      while ((await reader?.read())?.done === false);
    };
    await expect(readToItsEnd()).rejects.toThrow();
    // A pool gives out a connection that was ended until it has read so.
    await expect.poll(() => database.pool.totalCount + database.apiPool.totalCount, SOON).toBe(0);
    await pool.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await pool.end();
  });

  it("has places for two of a key at once", async () => {
    const client = await database.pool.connect();
    await client.query("BEGIN; LOCK TABLE events");
    const waiting = [request("/api/export.csv"), request("/api/export.ndjson")];
    await expect.poll(() => statementsUnderWay(), SOON).toBe(3);
    const third = await request("/api/export.csv");
    expect([third.status, await third.text()]).toEqual([429, '{"error":"rate_limited"}']);
    expect(third.headers.get("retry-after")).toMatch(/^\d+$/);
    const theirs = request("/api/export.csv", OTHER_KEY);
    await client.query("COMMIT");
    client.release();
    const answers = await Promise.all([...waiting, theirs]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await Promise.all(answers.map((answer) => answer.text()));
    expect((await linesOf()).length).toBe(MANY);
  });

  it("is cut off, not ended, when the server closes, which waits for no reader", async () => {
    const other = testApi(database);
    const base = await other.listen({ host: "127.0.0.1", port: 0 });
    const answer = await fetch(new URL("/api/export.ndjson", base), { headers: { "x-api-key": KEY } });
    await other.close();
    await expect(answer.text()).rejects.toThrow();
  });

  it("has every event exactly once over many reads, and none that is recorded meanwhile", async () => {
    const answer = await request("/api/export.ndjson");
    await insertEvents(database.pool, 500);
    const lines = (await answer.text()).trimEnd().split("\n");
    const ids = new Set(lines.map((line) => JSON.parse(line).id));
    expect([lines.length, ids.size]).toEqual([MANY, MANY]);
  });
});

function connections(): Promise<number> {
  return new Promise((resolve) => api.server.getConnections((_error, count) => resolve(count)));
}

async function statementsUnderWay(): Promise<number> {
  const { rows } = await database.pool.query(
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()",
  );
  return rows.length;
}
