import { createHttpServer, type HttpServerOptions, livez, type ReadinessOptions, readyz } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";
import { readPosition } from "./live/live-tail.ts";
import { RecordingPulse } from "./live/recording-pulse.ts";
import type { ApiAccess } from "./routes/api-access.ts";
import { exportCsv } from "./routes/export-csv.ts";
import { exportNdjson } from "./routes/export-ndjson.ts";
import { getDocument } from "./routes/get-document.ts";
import { getSession } from "./routes/get-session.ts";
import { getStats } from "./routes/get-stats.ts";
import { getStatus } from "./routes/get-status.ts";
import { listDocuments } from "./routes/list-documents.ts";
import { listEvents } from "./routes/list-events.ts";
import { listTenants } from "./routes/list-tenants.ts";
import { openApi } from "./routes/openapi.ts";
import type { Operations } from "./routes/operations.ts";
import { Places } from "./routes/places.ts";
import { serveRetention } from "./routes/run-retention.ts";
import { streamEvents } from "./routes/stream-events.ts";

/** Questions are small and their answers are bounded. */
const REQUEST_TIMEOUT_MS = 15_000;
/** An office with the page open, and enough offices. Each stream costs a connection and a page of events. */
const STREAMS = { inAll: 512, perKey: 32 };
/** Each export keeps a processor and the database busy for as long as its client reads fast. */
const EXPORTS = { inAll: 8, perKey: 2 };

/** Every endpoint of audit, not listening yet. */
export function createApi(
  listener: Pick<HttpServerOptions, "tls" | "proxies" | "drain">,
  access: ApiAccess,
  operations: Operations,
  readiness: Omit<ReadinessOptions, "keys">,
): FastifyInstance {
  const { logger, operatorPool } = access;
  const server = createHttpServer({ ...listener, logger, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  // Answers name senders and change by the second: no cache on the way may keep one. The dashboard's files say otherwise.
  server.addHook("onSend", async (_request, reply) => {
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
  });
  // A body is JSON or nothing.
  server.removeContentTypeParser("text/plain");
  const closing = new AbortController();
  server.addHook("preClose", async () => closing.abort());
  const exporting = { places: new Places(EXPORTS), closing: closing.signal };
  const pulse = new RecordingPulse({ readPosition: () => readPosition(operatorPool), logger });

  livez(server);
  readyz(server, { keys: access.keys, ...readiness });
  openApi(server);
  getSession(server, access);
  listDocuments(server, access);
  getDocument(server, access);
  listEvents(server, access);
  getStats(server, access);
  streamEvents(server, access, { pulse, places: new Places(STREAMS), closing: closing.signal });
  exportCsv(server, access, exporting);
  exportNdjson(server, access, exporting);
  getStatus(server, access, operations);
  listTenants(server, access);
  serveRetention(server, access, operations);
  return server;
}
