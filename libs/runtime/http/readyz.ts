import type { FastifyInstance } from "fastify";
import { callerOf, type KeyStore } from "../api-keys.ts";
import { HttpError } from "./http-error.ts";

export interface ReadinessOptions {
  /** Where the operator's keys are found. */
  readonly keys: KeyStore;
  /** Which measures of the hardening hold in this process, by name. */
  readonly hardening: Readonly<Record<string, boolean>>;
  /** Whether this instance can do its work now. Anybody may ask, so it must be cheap to ask often. */
  isReady(): boolean | Promise<boolean>;
}

/**
 * `GET /readyz`: whether this instance does its work. Who shows an operator's key is told besides which measures of the
 * hardening hold.
 */
export function readyz(server: FastifyInstance, { keys, hardening, isReady }: ReadinessOptions): void {
  server.get("/readyz", async (request) => {
    if (!(await isReady())) throw new HttpError("temporarily_unavailable");
    const caller = await callerOf(request, keys);
    const isOperator = caller !== undefined && caller.tenant === undefined;
    return { status: "ready", ...(isOperator && { hardening }) };
  });
}
