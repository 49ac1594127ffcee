import { randomUUID } from "node:crypto";
import { contentLeft, MemoryBudget } from "@flowstate/ghost";
import {
  brokerLogin,
  connectDocuments,
  connectEvents,
  DeliveryLedger,
  EventPublisher,
  StructureWatch,
  startHardened,
} from "@flowstate/messaging";
import {
  apiKeysOf,
  configuredKeys,
  configuredTenants,
  createHttpServer,
  Drain,
  encryptionOf,
  type Logger,
  livez,
  observeMemory,
  type RunningService,
  readyz,
  renewCertificate,
} from "@flowstate/runtime";
import type { IngestConfig } from "./config.ts";
import { IngestEvents } from "./events.ts";
import { Intake } from "./intake.ts";
import { countFromZero } from "./metrics.ts";
import { Identifier } from "./process/identify.ts";
import { RecipientTable } from "./process/route-recipients.ts";
import type { ReceiveLimits } from "./receive/limits.ts";
import { ingestOpenApi } from "./routes/openapi.ts";
import { sendgridWebhook } from "./routes/sendgrid-webhook.ts";
import { uploadDocuments } from "./routes/upload-documents.ts";

/** How far past its limit a mail is still read, so that a client which reads only after sending gets its answer. */
const LINGER_FACTOR = 2;

/** Puts ingest together: broker, ledger, events, HTTP. Disposing stops taking mails and finishes those under way. */
export async function startIngest(
  config: IngestConfig,
  logger: Logger,
  times: { readonly structureWatchMs?: number } = {},
): Promise<RunningService<IngestConfig>> {
  const hardened = await startHardened(logger, config.GHOST_STRICT);
  await using starting = new AsyncDisposableStack();
  const documents = starting.use(
    await connectDocuments({ ...brokerLogin(config, "DOCUMENTS"), identity: "ingest-documents", logger }),
  );
  const events = starting.use(
    await connectEvents({ ...brokerLogin(config, "EVENTS"), identity: "ingest-events", logger }),
  );
  const structures = starting.use(await StructureWatch.begin(events, logger, times.structureWatchMs));
  if (structures.isOverheard) throw new Error("a stream covers the subjects on which documents pass");
  const ledger = await DeliveryLedger.open(events, randomUUID(), logger);

  const tenants = configuredTenants(config);
  const keys = configuredKeys(apiKeysOf(tenants));
  const intake = new Intake(() => structures.isClear);
  const limits = limitsOf(config);
  starting.use(observeMemory(limits.budget));
  countFromZero();
  const route = {
    path: {
      documents,
      ledger,
      events: new IngestEvents(new EventPublisher(events, "/flowstate/ingest"), logger),
      logger,
      identifier: new Identifier(config.DOCUMENT_ID_SECRET),
      recipients: new RecipientTable(tenants),
      budget: limits.budget,
    },
    intake,
    limits,
    deadlineMs: config.MAIL_DEADLINE_MS,
    logger,
  };
  const { SENDGRID_WEBHOOK_PUBLIC_KEY: publicKeys, SENDGRID_SIGNATURE_MAX_AGE_S: maxAgeS } = config;
  const drain = new Drain();
  const server = createHttpServer({
    ...encryptionOf(config),
    logger,
    drain,
    headersTimeoutMs: config.HEADERS_TIMEOUT_MS,
    requestTimeoutMs: config.BODY_TIMEOUT_MS,
    maxConnectionsPerAddress: config.MAX_CONNECTIONS_PER_ADDRESS,
    linger: { maxBytes: config.MAX_MAIL_BYTES * LINGER_FACTOR },
  });
  // Also of requests that no route read: what the parser has seen of them is content.
  server.addHook("onResponse", async ({ method }) => {
    if (method !== "GET") contentLeft();
  });
  server.server.on("connection", (socket) => socket.once("close", () => contentLeft()));
  livez(server);
  readyz(server, {
    keys: configuredKeys(config.ADMIN_API_KEYS ?? []),
    ...hardened,
    isReady: () => intake.isOpen && documents.connected && events.connected,
  });
  server.get("/openapi.json", async () => ingestOpenApi());
  await server.register(sendgridWebhook, {
    ...route,
    keys: config.SENDGRID_INBOUND_OPEN ? undefined : keys,
    operator: config.API_SECRET === undefined ? undefined : config.TENANT_ID,
    signature: publicKeys === undefined ? undefined : { publicKeys, maxAgeMs: maxAgeS * 1_000 },
  });
  await server.register(uploadDocuments, { ...route, keys, requestsPerMinute: config.API_REQUESTS_PER_MINUTE });
  starting.defer(() => server.close());
  const url = await server.listen({ host: config.INGEST_HOST, port: config.INGEST_PORT });
  starting.defer(async () => {
    await Promise.all([drain.begin(config.STOP_DRAIN_MS), intake.close(config.STOP_GRACE_MS)]);
  });

  const parts = starting.move();
  return {
    url,
    renewCertificates(renewed) {
      documents.renewCertificate(brokerLogin(renewed, "DOCUMENTS"));
      events.renewCertificate(brokerLogin(renewed, "EVENTS"));
      renewCertificate(server, renewed);
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

function limitsOf(config: IngestConfig): ReceiveLimits {
  return {
    maxMailBytes: config.MAX_MAIL_BYTES,
    maxDocumentBytes: config.MAX_UPLOAD_BYTES,
    maxDocuments: config.MAX_MAIL_DOCUMENTS,
    maxParts: config.MAX_MAIL_PARTS,
    maxFields: config.MAX_MAIL_FIELDS,
    maxPartHeaderBytes: config.MAX_PART_HEADER_BYTES,
    maxFilenameBytes: config.MAX_FILENAME_BYTES,
    maxDepth: config.MAX_MAIL_DEPTH,
    minBytesPerSecond: config.MIN_BYTES_PER_SECOND,
    budget: new MemoryBudget(config.INGEST_MEMORY_BYTES),
  };
}
