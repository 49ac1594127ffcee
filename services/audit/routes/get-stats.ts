import { type Stage, stageSchema } from "@flowstate/contracts";
import { HttpError } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { DOCUMENT_STATUSES, type DocumentStatus } from "../projection/document-row.ts";
import { type ApiAccess, readRows } from "./api-access.ts";
import { type Endpoint, serve } from "./endpoint.ts";
import { SELECT_BUCKETS, type StatsBucket, statsBucketSchema } from "./stats-buckets.ts";
import { isStorable, timeRange } from "./time-range.ts";
import { tenantParameter } from "./viewer.ts";

const HOUR_MS = 3_600_000;
const BUCKET_MS = { hour: HOUR_MS, day: 24 * HOUR_MS } as const;
/** How far back to look when nobody says. */
const DEFAULT_BUCKETS = { hour: 24, day: 30 } as const;
/** A month by the hour, two years by the day. */
const MAX_BUCKETS = 800;
/** Shares are told to a hundredth of a per cent. */
const RATE_PRECISION = 10_000;

const count = z.int().nonnegative();
const milliseconds = count.nullable().describe("Milliseconds; null when none was measured.");
const byStatusSchema = z.record(z.enum(DOCUMENT_STATUSES), count);
const successRate = z
  .number()
  .min(0)
  .max(1)
  .nullable()
  .describe(
    "Delivered, of those that have come to an end (delivered, refused, invalid, undeliverable); null if none has.",
  );
const stageStats = z.strictObject({ count, p50_ms: milliseconds, p95_ms: milliseconds, p99_ms: milliseconds });

const statsSchema = z.strictObject({
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  bucket: z.enum(["hour", "day"]),
  totals: z.strictObject({ documents: count, by_status: byStatusSchema, success_rate: successRate }),
  buckets: z.array(
    z.strictObject({
      from: z.iso.datetime().describe("Its beginning; hours and days are those of UTC."),
      documents: count,
      by_status: byStatusSchema,
      success_rate: successRate,
      stages: z.record(stageSchema, stageStats).describe("How long each stage took, the last time that it was passed."),
    }),
  ),
});
type StageStats = z.output<typeof stageStats>;
type Stats = z.output<typeof statsSchema>;
type Counts = Pick<Stats["totals"], "documents" | "by_status" | "success_rate">;

export const GET_STATS = {
  method: "GET",
  path: "/api/stats",
  scope: "read",
  summary: "Counts, success rate and percentiles of each stage, by hour or day",
  query: z.strictObject({
    bucket: z.enum(["hour", "day"]).default("hour").describe(`At most ${MAX_BUCKETS} of them.`),
    since: timeRange.since.describe("RFC 3339. The last 24 hours or 30 days when absent."),
    until: timeRange.until.describe("RFC 3339. Now when absent."),
    tenant: tenantParameter,
  }),
  answer: {
    description: "By when documents were received, oldest bucket first; those without documents are there.",
    schema: statsSchema,
  },
} as const satisfies Endpoint;

/** `GET /api/stats`: how many documents came, what became of them, and how long it took. */
export function getStats(server: FastifyInstance, access: ApiAccess, now: () => Date = () => new Date()): void {
  serve(server, access, GET_STATS, async ({ viewer, query }): Promise<Stats> => {
    const { bucket } = query;
    const until = query.until ?? now().toISOString();
    const since =
      query.since ?? new Date(Date.parse(until) - DEFAULT_BUCKETS[bucket] * BUCKET_MS[bucket]).toISOString();
    const beginnings = beginningsOf(bucket, since, until);
    const values = [viewer.tenant ?? null, bucket, since, until];
    const found = await readRows(access, viewer, (reader) => reader.rows(statsBucketSchema, SELECT_BUCKETS, values));
    const byBeginning = new Map(found.map((row) => [row.beginning, row]));
    return {
      since,
      until,
      bucket,
      totals: countsOf(found),
      buckets: beginnings.map((from) => {
        const row = byBeginning.get(from);
        return { from, ...countsOf(row === undefined ? [] : [row]), stages: stagesOf(row) };
      }),
    };
  });
}

/**
 * When each bucket begins, the first of them perhaps before `since`. Throws 400 for more than are told at once, and where they
 * would begin before all times.
 */
function beginningsOf(bucket: keyof typeof BUCKET_MS, since: string, until: string): readonly string[] {
  const size = BUCKET_MS[bucket];
  const first = Math.floor(Date.parse(since) / size);
  const buckets = Math.ceil(Date.parse(until) / size) - first;
  if (buckets < 1 || buckets > MAX_BUCKETS || !isStorable(since)) throw new HttpError("malformed_request");
  return Array.from({ length: buckets }, (_, index) => new Date((first + index) * size).toISOString());
}

function countsOf(buckets: readonly StatsBucket[]): Counts {
  const of = (status: DocumentStatus) => buckets.reduce((sum, { by_status }) => sum + by_status[status], 0);
  const ended = of("delivered") + of("refused") + of("invalid") + of("undeliverable");
  return {
    documents: buckets.reduce((sum, { documents }) => sum + documents, 0),
    by_status: byStatusSchema.parse(Object.fromEntries(DOCUMENT_STATUSES.map((status) => [status, of(status)]))),
    success_rate: ended === 0 ? null : Math.round((of("delivered") / ended) * RATE_PRECISION) / RATE_PRECISION,
  };
}

function stagesOf(bucket: StatsBucket | undefined): Record<Stage, StageStats> {
  return {
    receive: stageOf(bucket?.stages.receive),
    claim: stageOf(bucket?.stages.claim),
    extract: stageOf(bucket?.stages.extract),
    deliver: stageOf(bucket?.stages.deliver),
  };
}

function stageOf(measured: StatsBucket["stages"][Stage] | undefined): StageStats {
  const [p50_ms, p95_ms, p99_ms] = measured?.percentiles ?? [null, null, null];
  return { count: measured?.count ?? 0, p50_ms, p95_ms, p99_ms };
}
