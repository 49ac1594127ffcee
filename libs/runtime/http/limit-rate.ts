import rateLimit, { normalizeIP } from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import { callerOf, type KeyStore } from "../api-keys.ts";
import { HttpError } from "./http-error.ts";

/** Tenants and addresses that are counted at once. Beyond, the longest unseen is forgotten, and so is what it used up. */
const MAX_COUNTED_CALLERS = 10_000;

export interface RateLimit {
  /** Requests of one tenant, or without a tenant's key of one address, within `windowMs`. */
  readonly max: number;
  readonly windowMs: number;
  readonly keys: KeyStore;
}

/**
 * Limits the requests to the routes that are added to `server` from now on: a scope of API routes. Each tenant is counted
 * for itself, by this process. A request without a tenant's key counts for its address and never for a tenant: nobody can use
 * up a tenant's share, and a right key is not kept out by wrong ones that come through the same proxy. One too many is
 * answered `rate_limited` with `Retry-After` before its body is read. How much is left is not told.
 *
 * Never for the webhook: a mail that is answered 429 is lost.
 */
export async function limitRate(server: FastifyInstance, { max, windowMs, keys }: RateLimit): Promise<void> {
  await server.register(rateLimit, {
    max,
    timeWindow: windowMs,
    cache: MAX_COUNTED_CALLERS,
    keyGenerator: async (request) => {
      const caller = await callerOf(request, keys);
      return caller?.tenant === undefined ? `address:${normalizeIP(request.ip)}` : `tenant:${caller.tenant}`;
    },
    errorResponseBuilder: () => new HttpError("rate_limited"),
    addHeaders: UNTOLD,
    addHeadersOnExceeding: UNTOLD,
  });
}

const UNTOLD = { "x-ratelimit-limit": false, "x-ratelimit-remaining": false, "x-ratelimit-reset": false } as const;
