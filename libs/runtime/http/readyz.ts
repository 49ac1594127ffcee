import { errorBody, RETRY_AFTER_SECONDS, type ScrubFault } from "@flowstate/contracts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { callerOf, type KeyStore } from "../api-keys.ts";
import { HttpError } from "./http-error.ts";

export interface ReadinessOptions {
  /** Where the operator's keys are found. */
  readonly keys: KeyStore;
  /** Which measures of the hardening hold in this process, by name. */
  readonly hardening: Readonly<Record<string, boolean>>;
  /** Why what zeroing does not reach is not cleared now; undefined while it is. An instance with a fault is not ready. */
  scrubFault(): ScrubFault | undefined;
  /** Whether this instance can do its work otherwise. Anybody may ask, so it must be cheap to ask often. */
  isReady(): boolean | Promise<boolean>;
}

/**
 * `GET /readyz`: whether this instance does its work. Who shows an operator's key is told besides, ready or not, which measures
 * of the hardening hold, and by what scrubs fail.
 */
export function readyz(server: FastifyInstance, { keys, hardening, scrubFault, isReady }: ReadinessOptions): void {
  server.get("/readyz", async (request, reply) => {
    const fault = scrubFault();
    const ready = fault === undefined && (await isReady());
    // Keys may lie in a database that is what is away.
    const told = (await isOperators(request, keys).catch(() => false)) && { hardening, scrub_fault: fault ?? null };
    if (ready) return { status: "ready", ...told };
    if (told === false) throw new HttpError("temporarily_unavailable");
    reply.code(503).header("retry-after", RETRY_AFTER_SECONDS);
    return { ...errorBody("temporarily_unavailable"), ...told };
  });
}

async function isOperators(request: FastifyRequest, keys: KeyStore): Promise<boolean> {
  const caller = await callerOf(request, keys);
  return caller !== undefined && caller.tenant === undefined;
}
