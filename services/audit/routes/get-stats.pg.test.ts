// Real: the endpoint, PostgreSQL, documents stored through the projection. Doubled: the clock, and the network, requests
// being injected.
import { randomUUID } from "node:crypto";
import { createHttpServer } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ADMIN_KEY, get, KEY, OTHER_KEY, OTHER_TENANT, testAccess } from "../testing/audit-api.ts";
import { type AuditDatabase, auditDatabase, recordingInto, silentLogger } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, sampleEvent } from "../testing/sample-events.ts";
import { getStats } from "./get-stats.ts";

const NOW = "2026-11-24T12:30:00.000Z";

let database: AuditDatabase;
let api: FastifyInstance;
beforeAll(async () => {
  database = await auditDatabase();
  api = createHttpServer({ logger: silentLogger, requestTimeoutMs: 10_000 });
  getStats(api, testAccess(database), () => new Date(NOW));
  // Ten delivered between nine and ten whose extraction took 100 to 1,000 milliseconds, and what else can become of one.
  const delivered = Array.from({ length: 10 }, (_, index) => {
    const data = { document_id: randomUUID() };
    const time = `2026-11-24T09:0${index}:00.000Z`;
    return [
      sampleEvent("document.received", { time, data }),
      sampleEvent("document.claimed", { time, data: { ...data, duration_ms: index + 1 } }),
      sampleEvent("document.extracted", { time, data: { ...data, duration_ms: (index + 1) * 100 } }),
      sampleEvent("document.delivered", { time, data: { ...data, duration_ms: 7 } }),
    ];
  });
  const ended = (["document.refused", "document.invalid", "document.undeliverable", "document.deferred"] as const).map(
    (type) => {
      const data = { document_id: randomUUID() };
      return [
        sampleEvent("document.received", { time: "2026-11-24T10:59:59.999Z", data }),
        sampleEvent(type, { time: "2026-11-24T11:00:00.000Z", data }),
      ];
    },
  );
  const theirs = { document_id: randomUUID(), tenant_id: OTHER_TENANT };
  const foreign = sampleEvent("document.received", { time: "2026-11-24T09:30:00.000Z", data: theirs });
  const earlier = sampleEvent("document.received", {
    time: "2026-11-20T00:00:00.000Z",
    data: { document_id: randomUUID() },
  });
  const messages = [...delivered, ...ended, foreign, earlier].flat().map((event, index) => messageOf(event, index));
  await recordMessages(recordingInto(database.pool), messages);
});
afterAll(async () => {
  await api.close();
  await database[Symbol.asyncDispose]();
});

const counts = {
  documents: z.number(),
  by_status: z.record(z.string(), z.number()),
  success_rate: z.number().nullable(),
};
const statsSchema = z.object({
  since: z.string(),
  until: z.string(),
  bucket: z.string(),
  totals: z.strictObject(counts),
  buckets: z.array(
    z.strictObject({ from: z.string(), ...counts, stages: z.record(z.string(), z.record(z.string(), z.unknown())) }),
  ),
});

async function stats(query: string, key = KEY) {
  const { status, body } = await get(api, `/api/stats?${query}`, key);
  expect(status).toBe(200);
  return statsSchema.parse(body);
}
const NONE = {
  received: 0,
  extracted: 0,
  delivered: 0,
  refused: 0,
  invalid: 0,
  undeliverable: 0,
  deferred: 0,
  duplicate: 0,
};
const UNMEASURED = { count: 0, p50_ms: null, p95_ms: null, p99_ms: null };

describe("GET /api/stats", () => {
  it("tells of the last 24 hours by the hour, those without documents included", async () => {
    const { since, until, bucket, buckets, totals } = await stats("");
    expect([since, until, bucket]).toEqual(["2026-11-23T12:30:00.000Z", NOW, "hour"]);
    expect(buckets).toHaveLength(25);
    expect(buckets[0]?.from).toBe("2026-11-23T12:00:00.000Z");
    expect(buckets.at(-1)?.from).toBe("2026-11-24T12:00:00.000Z");
    expect(totals).toEqual({
      documents: 14,
      by_status: { ...NONE, delivered: 10, refused: 1, invalid: 1, undeliverable: 1, deferred: 1 },
      success_rate: 0.7692,
    });
    expect(buckets.filter(({ documents }) => documents > 0).map(({ from }) => from)).toEqual([
      "2026-11-24T09:00:00.000Z",
      "2026-11-24T10:00:00.000Z",
    ]);
  });

  it("tells the percentiles of each stage as durations that were measured", async () => {
    const { buckets } = await stats("since=2026-11-24T09:00:00Z&until=2026-11-24T11:00:00Z");
    expect(buckets[0]).toEqual({
      from: "2026-11-24T09:00:00.000Z",
      documents: 10,
      by_status: { ...NONE, delivered: 10 },
      success_rate: 1,
      stages: {
        receive: { count: 10, p50_ms: 35, p95_ms: 35, p99_ms: 35 },
        claim: { count: 10, p50_ms: 5, p95_ms: 10, p99_ms: 10 },
        extract: { count: 10, p50_ms: 500, p95_ms: 1_000, p99_ms: 1_000 },
        deliver: { count: 10, p50_ms: 7, p95_ms: 7, p99_ms: 7 },
      },
    });
    expect(buckets).toHaveLength(2);
  });

  it("says of a stage that nothing came to that nothing was measured", async () => {
    const { buckets } = await stats("since=2026-11-24T12:00:00Z");
    expect(buckets.map(({ stages }) => stages)).toEqual([
      { receive: UNMEASURED, claim: UNMEASURED, extract: UNMEASURED, deliver: UNMEASURED },
    ]);
  });

  it("says that there is no success rate where nothing has come to an end", async () => {
    const { totals, buckets } = await stats("bucket=day&since=2026-11-20T00:00:00Z&until=2026-11-22T00:00:00Z");
    expect(totals).toEqual({ documents: 1, by_status: { ...NONE, received: 1 }, success_rate: null });
    expect(buckets.map(({ documents }) => documents)).toEqual([1, 0]);
  });

  it("counts from the time asked for, also within a bucket, and before the other", async () => {
    const { totals } = await stats("since=2026-11-24T09:03:00Z&until=2026-11-24T10:59:59.999Z");
    expect(totals.documents).toBe(7);
  });

  it("takes days for those of UTC, whatever the offset of the times asked for", async () => {
    const { since, buckets } = await stats(
      `bucket=day&since=${encodeURIComponent("2026-11-24T01:00:00+02:00")}&until=2026-11-25T00:00:00Z`,
    );
    expect(since).toBe("2026-11-23T23:00:00.000Z");
    expect(buckets.map(({ from }) => from)).toEqual(["2026-11-23T00:00:00.000Z", "2026-11-24T00:00:00.000Z"]);
  });

  it("tells of the last 30 days by the day", async () => {
    const { buckets, totals } = await stats("bucket=day");
    expect(buckets).toHaveLength(31);
    expect(totals.documents).toBe(15);
  });

  it("counts each tenant's own, and the operator's all or one's", async () => {
    expect((await stats("", OTHER_KEY)).totals.documents).toBe(1);
    expect((await stats("", ADMIN_KEY)).totals.documents).toBe(15);
    expect((await stats(`tenant=${OTHER_TENANT}`, ADMIN_KEY)).totals.documents).toBe(1);
  });

  it.each([
    "since=2026-11-24T10:00:00Z&until=2026-11-24T10:00:00Z",
    "since=2026-11-24T10:00:00Z&until=2026-11-24T09:00:00Z",
    "since=2026-10-20T00:00:00Z&until=2026-11-24T00:00:00Z",
    "bucket=day&since=2024-01-01T00:00:00Z&until=2026-11-24T00:00:00Z",
    "since=0001-01-01T00:00:00Z",
    "since=2099-01-01T00:00:00Z",
    "until=0001-01-01T00:00:00Z",
  ])("refuses ?%s, which is no time or more buckets than are told at once", async (query) => {
    expect(await get(api, `/api/stats?${query}`)).toEqual({ status: 400, body: { error: "malformed_request" } });
  });

  it("tells of as many buckets as it promises", async () => {
    expect((await stats("since=2026-10-22T00:00:00Z&until=2026-11-24T08:00:00Z")).buckets).toHaveLength(800);
  });
});
