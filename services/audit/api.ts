import { createHttpServer } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";
import type { ApiAccess } from "./routes/api-access.ts";
import { getDocument } from "./routes/get-document.ts";
import { getSession } from "./routes/get-session.ts";
import { listDocuments } from "./routes/list-documents.ts";
import { listEvents } from "./routes/list-events.ts";
import { livez } from "./routes/livez.ts";
import { openApi } from "./routes/openapi.ts";
import { readyz } from "./routes/readyz.ts";

/** Questions are small and their answers are bounded. */
const REQUEST_TIMEOUT_MS = 15_000;

/** Every endpoint of audit, not listening yet. */
export function createApi(access: ApiAccess, isReady: () => Promise<boolean>): FastifyInstance {
  const server = createHttpServer({ logger: access.logger, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  // Answers name senders and change by the second: no cache on the way may keep one.
  server.addHook("onSend", async (_request, reply) => {
    reply.header("cache-control", "no-store");
  });
  livez(server);
  readyz(server, isReady);
  openApi(server);
  getSession(server, access);
  listDocuments(server, access);
  getDocument(server, access);
  listEvents(server, access);
  return server;
}
