import { HttpError } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { planRetention, runRetention } from "../retention/run-retention.ts";
import { type ApiAccess, orUnavailable } from "./api-access.ts";
import { type Endpoint, parsed, serve } from "./endpoint.ts";
import type { Operations } from "./operations.ts";

const bodySchema = z.strictObject({
  dry_run: z.boolean().describe("true: say what would be removed, and remove nothing."),
});

const count = z.int().nonnegative();
const resultSchema = z.strictObject({
  dry_run: z.boolean(),
  segments: count.describe("Whole days of a tenant."),
  events: count,
  documents: count.describe("Of which nothing is known any more."),
  partitions: count.describe("Months of events."),
  rejected: count.describe("Notes on messages that were set aside."),
  untrusted: count.describe("Segments that are due and are left, because their heads are not signed as they must be."),
});

export const RUN_RETENTION = {
  method: "POST",
  path: "/admin/retention",
  scope: "admin",
  summary: "Remove what is past its time, as is done once a day anyway, or say what that would be",
  query: z.strictObject({}),
  body: bodySchema,
  answer: {
    description:
      "What was removed, or would be. 503 while another instance is at it, or while clocks do not agree on what is due.",
    schema: resultSchema,
  },
  failures: ["payload_too_large", "unsupported_media_type"],
} as const satisfies Endpoint;

/** `POST /admin/retention`: a client that goes away does not stop a run. */
export function serveRetention(server: FastifyInstance, access: ApiAccess, { retention }: Operations): void {
  const { logger } = access;
  serve(server, access, RUN_RETENTION, async ({ request }): Promise<z.output<typeof resultSchema>> => {
    const { dry_run } = parsed(bodySchema, request.body);
    const run = { ...retention, now: await orUnavailable(logger, retention.now()) };
    if (dry_run) return { dry_run, ...(await orUnavailable(logger, planRetention(run))) };
    const startedAt = performance.now();
    const outcome = await orUnavailable(logger, runRetention(run));
    if (outcome === undefined) throw new HttpError("temporarily_unavailable");
    const { segments, events, documents } = outcome;
    logger.info("retention.done", {
      segments,
      events,
      documents,
      duration_ms: Math.round(performance.now() - startedAt),
    });
    return { dry_run, ...outcome };
  });
}
