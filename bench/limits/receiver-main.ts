import { createServer } from "node:net";
import { MemoryBudget } from "@flowstate/ghost";
import { connectDocuments, serveTransfers } from "@flowstate/messaging";
import { createLogger } from "@flowstate/runtime";
import { connect } from "nats";
import { z } from "zod";

/**
 * The receiving end of the limits, as a process: reads what comes over TCP and says how many bytes it was, answers plain
 * chunks on one broker, and is an extractor that throws its document away on the other.
 */

const BUDGET_BYTES = 1024 * 1024 * 1024;
const MAX_CONTENT_BYTES = 64 * 1024 * 1024;
const PLAIN_SUBJECT = "plain.chunks";

const { PLAIN_NATS_URL, NATS_URL, NATS_DOCUMENTS_PASSWORD } = z
  .object({ PLAIN_NATS_URL: z.string(), NATS_URL: z.string(), NATS_DOCUMENTS_PASSWORD: z.string() })
  .parse(process.env);
const logger = createLogger("receiver", "error");

const plain = await connect({ servers: PLAIN_NATS_URL });
plain.subscribe(PLAIN_SUBJECT, { callback: (_error, message) => void message.respond() });
await plain.flush();

const documents = await connectDocuments({
  url: NATS_URL,
  identity: "extractor",
  password: NATS_DOCUMENTS_PASSWORD,
  logger,
});
await serveTransfers(documents, {
  service: "extractor",
  description: "Throws its document away.",
  requestSchema: z.object({}),
  maxContentBytes: MAX_CONTENT_BYTES,
  budget: new MemoryBudget(BUDGET_BYTES),
  logger,
  handle: async () => ({ outcome: {} }),
});

const server = createServer({ allowHalfOpen: true }, (socket) => {
  let bytes = 0;
  socket.on("data", (piece) => (bytes += piece.length));
  socket.on("end", () => socket.end(String(bytes)));
});
process.once("SIGTERM", () => process.exit(0));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has no port");
  process.stdout.write(`${JSON.stringify({ event: "service.ready", url: `tcp://127.0.0.1:${address.port}` })}\n`);
});
