import type { TransportFault } from "./transport.ts";

/** Requests for one document, a repair included. Each carries the whole document, so no more than can plausibly help. */
const MAX_ATTEMPTS = 4;
/** The pause after the first fault; it doubles with every further one. */
const FIRST_PAUSE_MS = 1_000;
/** A request with less time than this is not worth showing the document once more. */
const SHORTEST_ATTEMPT_MS = 1_000;
/** Of the time that is left, what one request may take: one that hangs leaves time for another. */
const SHARE_OF_TIME = 2 / 3;

/** Where a document stands between two requests. */
export interface Standing {
  /** Requests made so far. */
  readonly attempts: number;
  /** Milliseconds until the answer must be on its way back. */
  readonly leftMs: number;
}

export type Plan = { readonly next: "ask"; readonly afterMs: number } | { readonly next: "give_up" };

/**
 * Whether a request that failed is sent again, and after which pause: exponential with jitter, so that documents that
 * failed together do not come back together; never sooner than the model asked for (RetryInfo). A pause that the deadline
 * does not allow is not begun: the sender keeps the mail and has more time than we do.
 */
export function planRepeat(fault: TransportFault, passing: boolean, standing: Standing, random: () => number): Plan {
  if (!passing || standing.attempts >= MAX_ATTEMPTS) return { next: "give_up" };
  const backoffMs = FIRST_PAUSE_MS * 2 ** (standing.attempts - 1);
  const jittered = backoffMs / 2 + (random() * backoffMs) / 2;
  const askedMs = fault.kind === "status" ? (fault.retryAfterMs ?? 0) : 0;
  const afterMs = Math.ceil(askedMs + jittered);
  return allowsAttempt(standing.leftMs - afterMs) ? { next: "ask", afterMs } : { next: "give_up" };
}

/** Whether an answer that cannot be used is asked for once more, with a word on what was wrong with it: once, at once. */
export function planRepair(standing: Standing, repaired: boolean): Plan {
  if (repaired || standing.attempts >= MAX_ATTEMPTS || !allowsAttempt(standing.leftMs)) return { next: "give_up" };
  return { next: "ask", afterMs: 0 };
}

/** Whether the time that is left is enough for a request. */
export function allowsAttempt(leftMs: number): boolean {
  return leftMs >= SHORTEST_ATTEMPT_MS;
}

/** How long the next request may take, milliseconds. The last one may take all that is left. */
export function attemptLimitMs({ attempts, leftMs }: Standing): number {
  return Math.ceil(attempts + 1 < MAX_ATTEMPTS ? leftMs * SHARE_OF_TIME : leftMs);
}
