import { z } from "zod";

/** Longest delay taken from an answer, milliseconds: a day. What is longer is no delay but a mistake. */
const MAX_DELAY_MS = 24 * 60 * 60 * 1_000;

/** A duration as protobuf writes it in JSON: seconds, up to nine decimals, `s`. */
const DURATION = /^(\d{1,6}(?:\.\d{1,9})?)s$/;

/** Of an error, the details that say when to come back (google.rpc.RetryInfo, google.rpc.QuotaFailure). */
const errorSchema = z.object({
  error: z.object({
    details: z.array(
      z.object({
        retryDelay: z.string().optional().catch(undefined),
        violations: z
          .array(z.object({ quotaId: z.string().optional().catch(undefined) }))
          .optional()
          .catch(undefined),
      }),
    ),
  }),
});

/** What a 429 says besides its status. Two facts in a closed form: messages and links are left alone. */
export interface QuotaFault {
  /** How long to wait before the same request can succeed, milliseconds. */
  readonly retryAfterMs?: number;
  /** The day's quota is used up: waiting for minutes does not help. */
  readonly dailyQuota?: true;
}

/** Reads the body of a 429. A body of another form says nothing more than its status. */
export function readQuotaFault(body: unknown): QuotaFault {
  const parsed = errorSchema.safeParse(body);
  if (!parsed.success) return {};
  const { details } = parsed.data.error;
  const delays = details.flatMap(({ retryDelay }) => delayMs(retryDelay));
  const quotas = details.flatMap(({ violations = [] }) => violations.map(({ quotaId = "" }) => quotaId));
  return {
    ...(delays.length > 0 && { retryAfterMs: Math.max(...delays) }),
    ...(quotas.some((quotaId) => quotaId.includes("PerDay")) && { dailyQuota: true }),
  };
}

function delayMs(duration: string | undefined): number[] {
  const seconds = DURATION.exec(duration ?? "")?.[1];
  return seconds === undefined ? [] : [Math.min(Math.ceil(Number(seconds) * 1_000), MAX_DELAY_MS)];
}
