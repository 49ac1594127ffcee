// Real: the API over connections of its own, PostgreSQL with 100,000 documents or events, memory and time as they are.
// Doubled: the recording, rows being made by PostgreSQL itself.
import { type IncomingMessage, request } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_KEY, KEY, testApi } from "./testing/audit-api.ts";
import { type AuditDatabase, auditDatabase } from "./testing/audit-database.ts";
import { HISTORY_END, insertDocuments, insertEvents } from "./testing/history.ts";

const MANY = 100_000;
const MIB = 1024 * 1024;
/** What may be held while an export is under way: a chunk or two, and what is on its way. */
const HELD_MIB = 16;
/** A page that is waited for should not be noticed as such; a slow machine has twice the time. */
const STATS_LIMIT_MS = 2_000;
const PAGE_LIMIT_MS = 200;
const SLOW_TEST_MS = 120_000;

let database: AuditDatabase;
let api: FastifyInstance;
let url: string;
beforeAll(async () => {
  database = await auditDatabase();
  await insertDocuments(database.pool, MANY);
  await insertEvents(database.pool, MANY);
  api = testApi(database);
  url = await api.listen({ host: "127.0.0.1", port: 0 });
}, SLOW_TEST_MS);
afterAll(async () => {
  await api.close();
  await database[Symbol.asyncDispose]();
});

const inMib = (bytes: number) => `${(bytes / MIB).toFixed(0)} MiB`;

function get(path: string, key: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(new URL(path, url), { headers: { "x-api-key": key }, agent: false }, resolve)
      .on("error", reject)
      .end();
  });
}

/** The fastest of three, milliseconds. */
async function timeOf(path: string, key = KEY): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const startedAt = performance.now();
    const answer = await get(path, key);
    answer.resume();
    await new Promise((resolve) => answer.once("end", resolve));
    expect(answer.statusCode).toBe(200);
    times.push(performance.now() - startedAt);
  }
  return Math.min(...times);
}

describe("over 100,000 documents", () => {
  it.each([
    ["by the hour, a month", "bucket=hour&since=2026-10-28T00:00:00Z", KEY],
    ["by the day, a month", "bucket=day&since=2026-10-28T00:00:00Z", KEY],
    ["by the hour, a day", "bucket=hour&since=2026-11-27T00:00:00Z", KEY],
    ["by the day, a month, for the operator", "bucket=day&since=2026-10-28T00:00:00Z", ADMIN_KEY],
  ])("statistics %s are told before anybody minds", async (what, query, key) => {
    const ms = await timeOf(`/api/stats?${query}&until=${HISTORY_END}`, key);
    process.stdout.write(`statistics over ${MANY} documents, ${what}: ${ms.toFixed(0)} ms\n`);
    expect(ms).toBeLessThan(STATS_LIMIT_MS);
  });

  it.each([
    ["the newest", "", KEY],
    ["of one status", "&status=deferred", KEY],
    ["of several statuses", "&status=deferred&status=refused", KEY],
    ["of a sender", "&sender=sender-7@supplier.example", KEY],
    ["of a code", "&code=erp_rejected", KEY],
    ["of a day long ago", "&since=2026-10-30T00:00:00Z&until=2026-10-31T00:00:00Z", KEY],
    ["the newest, for the operator", "", ADMIN_KEY],
    ["of one status, for the operator", "&status=deferred", ADMIN_KEY],
  ])("a page of documents is read by an index: %s", async (what, query, key) => {
    const ms = await timeOf(`/api/documents?limit=100${query}`, key);
    process.stdout.write(`a page over ${MANY} documents, ${what}: ${ms.toFixed(1)} ms\n`);
    expect(ms).toBeLessThan(PAGE_LIMIT_MS);
  });
});

/** Collects what is garbage, and says what is left on the heap and outside of it, bytes. */
function held(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new TypeError("this process cannot be made to collect");
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe("an export of 100,000 events", () => {
  it.each(["csv", "ndjson"])(
    "streams as %s, whole and in order, with flat memory",
    async (form) => {
      const [heldBefore, rssBefore] = [held(), process.memoryUsage().rss];
      const startedAt = performance.now();
      const answer = await get(`/api/export.${form}`, KEY);
      let [lines, bytes, rss, heldMost] = [0, 0, 0, 0];
      let nextLook = MANY / 10;
      for await (const chunk of answer) {
        const buffer: Buffer = chunk;
        bytes += buffer.byteLength;
        for (const byte of buffer) if (byte === 0x0a) lines += 1;
        rss = Math.max(rss, process.memoryUsage().rss);
        if (lines < nextLook) continue;
        nextLook += MANY / 10;
        heldMost = Math.max(heldMost, held() - heldBefore);
      }
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      process.stdout.write(
        `export of ${MANY} events as ${form}: ${inMib(bytes)} in ${seconds} s, at most ${inMib(heldMost)} held for it; ` +
          `resident ${inMib(rssBefore)} before, at most ${inMib(rss)} on the way\n`,
      );
      expect(lines).toBe(form === "csv" ? MANY + 1 : MANY);
      expect(heldMost / MIB).toBeLessThan(HELD_MIB);
    },
    SLOW_TEST_MS,
  );
});
