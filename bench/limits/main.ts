import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { connectDocuments } from "@flowstate/messaging";
import { createLogger } from "@flowstate/runtime";
import { connect } from "nats";
import { z } from "zod";
import { endEnvironmentSchema } from "./end-environment.ts";
import { perSecond } from "./per-second.ts";
import { sendChunks } from "./transfers/plain-chunks.ts";
import { asReceived, sendSealed } from "./transfers/sealed-transfer.ts";

/**
 * The sending end of the limits, as a process, so that what is sealed is sent by a hardened one as in production, and what is
 * plain by an ordinary one. Asked by POST for documents of so many bytes over at least so long, it answers with the bytes per
 * second. The document is made before the time begins, and is sent one time after the other.
 */

const environment = endEnvironmentSchema.parse(process.env);
const askedSchema = z.object({ documentBytes: z.int().positive(), leastMs: z.int().positive() });

/** Makes the document, and answers what sends it once. */
type Prepare = (document: Buffer) => () => Promise<void>;

async function preparation(): Promise<Prepare> {
  if (environment.TRANSFER === "plain") {
    const nats = await connect({ servers: environment.NATS_URL, waitOnFirstConnect: true });
    return (document) => () => sendChunks(nats, document);
  }
  // As the services do.
  Buffer.poolSize = 0;
  const connection = await connectDocuments({
    url: environment.NATS_URL,
    identity: "ingest-documents",
    password: environment.NATS_DOCUMENTS_PASSWORD,
    logger: createLogger("bench", "error"),
  });
  return (document) => {
    const content = asReceived(document);
    return () => sendSealed(connection, content);
  };
}

async function send(prepare: Prepare, { documentBytes, leastMs }: z.infer<typeof askedSchema>): Promise<number> {
  const sendOnce = prepare(randomBytes(documentBytes));
  const startedAt = performance.now();
  let documents = 0;
  while (performance.now() - startedAt < leastMs) {
    await sendOnce();
    documents += 1;
  }
  return perSecond(documentBytes * documents, startedAt);
}

const prepare = await preparation();
const server = createServer(async (request, response) => {
  try {
    response.end(JSON.stringify(await send(prepare, askedSchema.parse(await json(request)))));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
process.once("SIGTERM", () => process.exit(0));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has no port");
  process.stdout.write(`${JSON.stringify({ event: "service.ready", url: `http://127.0.0.1:${address.port}` })}\n`);
});
