import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { alertSchema } from "../alerts/alert.ts";
import { bigint, columnList, day, optionalTime, text, time } from "../database/columns.ts";
import { readEverything } from "../database/read-rows.ts";
import { type ApiAccess, orUnavailable } from "./api-access.ts";
import { type Endpoint, serve } from "./endpoint.ts";
import type { Operations } from "./operations.ts";
import { HEAD_COLUMNS, headAnswer, headRowSchema, headView } from "./segment-heads.ts";

/** The newest of what there may be much of. */
const SHOWN = 50;

const rejectedSchema = z.object({ stream_sequence: bigint, code: text, rejected_at: time });
const projectionSchema = z.object({
  name: text,
  version: bigint,
  rebuilt_at: optionalTime.describe("null while a rebuild is not finished."),
  rebuild_done: bigint,
  rebuild_total: bigint,
});
const retentionSchema = z.object({
  day,
  finished_at: time,
  segments: bigint,
  events: bigint,
  documents: bigint,
  partitions: bigint,
  rejected: bigint.describe("Notes on messages that were set aside."),
  untrusted: bigint.describe("Days that are due and were left, because their heads are not signed as they must be."),
});

const statusSchema = z.strictObject({
  recording: z.strictObject({
    position: z.int().nonnegative().describe("Of the last event."),
    pending_events: z.int().nullable().describe("That wait in the stream; null while the broker does not tell."),
    last_recorded_at: z.iso.datetime().nullable(),
    rejected_messages: z.int().nonnegative().describe("Set aside, for as long as retention keeps the notes on them."),
  }),
  rejected: z.array(rejectedSchema).describe(`The newest ${SHOWN} messages that were set aside.`),
  projections: z.array(projectionSchema),
  heads: z.array(headAnswer).describe(`The newest ${SHOWN} heads of days whose events are kept.`),
  alerts: z
    .array(alertSchema)
    .describe("What is wrong, the oldest first; quiet_since says that it no longer is. docs/operations/alerts.md."),
  last_retention: retentionSchema
    .nullable()
    .describe("What was removed on the day of the last run; null before the first."),
});

export const GET_STATUS = {
  method: "GET",
  path: "/admin/status",
  scope: "admin",
  summary: "How recording, projections, the chain and retention stand",
  query: z.strictObject({}),
  answer: { description: "Of the whole installation, whichever instance is asked.", schema: statusSchema },
} as const satisfies Endpoint;

const SELECT_REJECTED = `
  SELECT ${columnList(rejectedSchema)} FROM rejected_events ORDER BY stream_sequence DESC, code LIMIT ${SHOWN}`;
const SELECT_PROJECTIONS = `SELECT ${columnList(projectionSchema)} FROM projections ORDER BY name`;
const SELECT_HEADS = `
  SELECT ${HEAD_COLUMNS} FROM segments WHERE retired_on IS NULL ORDER BY day DESC, tenant_id LIMIT ${SHOWN}`;
const SELECT_ALERTS = `
  SELECT ${columnList(alertSchema)} FROM alerts ORDER BY opened_at, rule, tenant_id LIMIT ${SHOWN}`;
const SELECT_RETENTION = `SELECT ${columnList(retentionSchema)} FROM retention_runs ORDER BY day DESC LIMIT 1`;

/** `GET /admin/status`: what whoever runs this looks at every day. */
export function getStatus(server: FastifyInstance, access: ApiAccess, operations: Operations): void {
  const { operatorPool, logger } = access;
  serve(server, access, GET_STATUS, async (): Promise<z.output<typeof statusSchema>> => {
    const recording = await orUnavailable(logger, operations.lag());
    const reading = readEverything(operatorPool, async (reader) => ({
      rejected: await reader.rows(rejectedSchema, SELECT_REJECTED, []),
      projections: await reader.rows(projectionSchema, SELECT_PROJECTIONS, []),
      heads: (await reader.rows(headRowSchema, SELECT_HEADS, [])).map(headView),
      alerts: await reader.rows(alertSchema, SELECT_ALERTS, []),
      last_retention: (await reader.rows(retentionSchema, SELECT_RETENTION, []))[0] ?? null,
    }));
    return { recording, ...(await orUnavailable(logger, reading)) };
  });
}
