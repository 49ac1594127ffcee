import { stageSchema } from "@flowstate/contracts";
import { z } from "zod";
import { bigint, time } from "../database/columns.ts";
import { DOCUMENT_STATUSES } from "../projection/document-row.ts";

/** PostgreSQL counts, sorts and cuts; what comes back is one row for each hour or day in which a document was received. */

const PERCENTILES = [0.5, 0.95, 0.99];

const count = z.int().nonnegative();

/** The documents of one hour or day. */
export const statsBucketSchema = z.object({
  beginning: time,
  documents: bigint,
  by_status: z.record(z.enum(DOCUMENT_STATUSES), count),
  /** For each stage of how many documents its duration is known, and the percentiles of those in the order above. */
  stages: z.record(stageSchema, z.object({ count, percentiles: z.tuple([count, count, count]).nullable() })),
});
export type StatsBucket = z.output<typeof statsBucketSchema>;

const BY_STATUS = DOCUMENT_STATUSES.map((status) => `'${status}', count(*) FILTER (WHERE status = '${status}')`);

/** A percentile is a duration that was measured, not one between two: a person may look for that document. */
const STAGES = stageSchema.options.map((stage) => {
  const column = `${stage}_duration_ms`;
  const percentiles = `percentile_disc(ARRAY[${PERCENTILES.join(", ")}]) WITHIN GROUP (ORDER BY ${column})`;
  return `'${stage}', json_build_object('count', count(${column}), 'percentiles', ${percentiles})`;
});

/** Parameters: the tenant or null for all, `hour` or `day`, from when, before when. */
export const SELECT_BUCKETS = `
  SELECT
    date_trunc($2::text, received_at, 'UTC') AS beginning,
    count(*) AS documents,
    json_build_object(${BY_STATUS.join(", ")}) AS by_status,
    json_build_object(${STAGES.join(", ")}) AS stages
  FROM documents
  WHERE ($1::text IS NULL OR tenant_id = $1) AND received_at >= $3::timestamptz AND received_at < $4::timestamptz
  GROUP BY 1`;
