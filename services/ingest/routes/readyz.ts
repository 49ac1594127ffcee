import { checkHardening } from "@flowstate/ghost";
import { callerOf, type KeyStore, sendError } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";

export interface ReadinessOptions {
  /** The operator's. */
  readonly adminKeys: KeyStore;
  isReady(): boolean;
}

/**
 * `GET /readyz`: whether mails are taken now. Anybody may ask; who shows an operator's key is told besides which measures of
 * the hardening hold in this process.
 */
export async function readyz(server: FastifyInstance, { adminKeys, isReady }: ReadinessOptions): Promise<void> {
  const hardening = Object.fromEntries(checkHardening().map(({ measure, holds }) => [measure, holds]));
  server.get("/readyz", async (request, reply) => {
    if (!isReady()) return sendError(reply, "temporarily_unavailable");
    const admin = await callerOf(request, adminKeys);
    return { status: "ready", ...(admin !== undefined && { hardening }) };
  });
}
