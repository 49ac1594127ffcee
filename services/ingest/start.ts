import { randomUUID } from "node:crypto";
import { MemoryBudget } from "@flowstate/ghost";
import { connectDocuments, connectEvents, DeliveryLedger, EventPublisher, reportHardening } from "@flowstate/messaging";
import { apiKeyOf, createHttpServer, type Logger, type RunningService, sendError } from "@flowstate/runtime";
import type { IngestConfig } from "./config.ts";
import { IngestEvents } from "./events.ts";
import { Identifier } from "./process/identify.ts";
import { sendgridWebhook } from "./routes/sendgrid-webhook.ts";

/** A mail of the largest size over a slow line; the sender's own timeout is not documented. */
const REQUEST_TIMEOUT_MS = 300_000;
/** How long mails under way may still take once the process is asked to stop; the rest are answered 503. */
const STOP_GRACE_MS = 15_000;

/** Puts ingest together: broker, ledger, events, HTTP. Disposing stops taking mails and finishes those under way. */
export async function startIngest(config: IngestConfig, logger: Logger): Promise<RunningService> {
  reportHardening(logger, config.GHOST_STRICT);
  await using starting = new AsyncDisposableStack();
  const broker = { url: config.NATS_URL, logger };
  const documents = starting.use(
    await connectDocuments({ ...broker, identity: "ingest-documents", password: config.NATS_DOCUMENTS_PASSWORD }),
  );
  const events = starting.use(
    await connectEvents({ ...broker, identity: "ingest-events", password: config.NATS_EVENTS_PASSWORD }),
  );
  const ledger = await DeliveryLedger.open(events, randomUUID(), logger);

  const stopping = new AbortController();
  const budget = new MemoryBudget(config.INGEST_MEMORY_BYTES);
  const underWay = new Set<Promise<unknown>>();
  const server = createHttpServer({ logger, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  server.get("/livez", async () => ({ status: "live" }));
  server.get("/readyz", async (_request, reply) =>
    documents.connected && events.connected ? { status: "ready" } : sendError(reply, "temporarily_unavailable"),
  );
  await server.register(sendgridWebhook, {
    path: {
      documents,
      ledger,
      events: new IngestEvents(new EventPublisher(events, "/flowstate/ingest"), logger),
      logger,
      identifier: new Identifier(config.DOCUMENT_ID_SECRET),
      tenants: [{ id: config.TENANT_ID, addresses: config.TENANT_ADDRESS }],
    },
    apiKeys: [apiKeyOf(config.API_SECRET, config.TENANT_ID)],
    open: config.SENDGRID_INBOUND_OPEN,
    limits: { maxMailBytes: config.MAX_MAIL_BYTES, maxDocumentBytes: config.MAX_UPLOAD_BYTES, budget },
    deadlineMs: config.MAIL_DEADLINE_MS,
    stopping: stopping.signal,
    underWay,
    logger,
  });
  starting.defer(async () => {
    const overdue = setTimeout(() => stopping.abort(), STOP_GRACE_MS);
    await server.close();
    // A sender that has hung up is nobody the server waits for, and its mail is still being worked on.
    await Promise.allSettled(underWay);
    clearTimeout(overdue);
  });
  const url = await server.listen({ host: config.INGEST_HOST, port: config.INGEST_PORT });

  const parts = starting.move();
  return { url, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}
