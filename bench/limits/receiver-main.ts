import { createServer } from "node:net";
import { connectDocuments } from "@flowstate/messaging";
import { createLogger } from "@flowstate/runtime";
import { connect } from "nats";
import { endEnvironmentSchema } from "./end-environment.ts";
import { receiveChunks } from "./transfers/plain-chunks.ts";
import { receiveSealed } from "./transfers/sealed-transfer.ts";

/**
 * The receiving end of the limits, as a process: reads what comes over TCP and says how many bytes it was, and takes documents,
 * in plain chunks or, hardened as an extractor is, over the sealed transfer.
 */

const environment = endEnvironmentSchema.parse(process.env);

if (environment.TRANSFER === "plain") {
  await receiveChunks(await connect({ servers: environment.NATS_URL, waitOnFirstConnect: true }));
} else {
  // As the services do.
  Buffer.poolSize = 0;
  const documents = await connectDocuments({
    url: environment.NATS_URL,
    identity: "extractor",
    password: environment.NATS_DOCUMENTS_PASSWORD,
    logger: createLogger("bench", "error"),
  });
  await receiveSealed(documents);
}

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
