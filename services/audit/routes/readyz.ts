import { HttpError } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";

/** `GET /readyz`: whether this instance can do its work now. Anybody may ask, so `isReady` must be cheap to ask often. */
export function readyz(server: FastifyInstance, isReady: () => Promise<boolean>): void {
  server.get("/readyz", async () => {
    if (!(await isReady())) throw new HttpError("temporarily_unavailable");
    return { status: "ready" };
  });
}
