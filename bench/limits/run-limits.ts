import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@flowstate/local/servers/free-port.ts";
import { startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { startNodeServer } from "@flowstate/local/servers/node-server.ts";
import { startPostgres } from "@flowstate/local/servers/postgres.ts";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { startServerProcess } from "@flowstate/local/servers/server-process.ts";
import { connectDocuments } from "@flowstate/messaging";
import { createLogger } from "@flowstate/runtime";
import { connect } from "nats";
import pg from "pg";
import { median } from "../measure/statistics.ts";
import { CREATE_TABLE } from "../plain/plain-service.ts";
import {
  type Documents,
  plainChunksPerSecond,
  rowsPerSecond,
  sealedBytesPerSecond,
  sealedTransfersPerSecond,
  tcpBytesPerSecond,
} from "./limits.ts";

const MB = 1_000_000;
const STOP_LIMIT_MS = 5_000;
/** How much of each: the short form shows that it runs, the long one measures. */
const AMOUNTS = {
  short: { tcpBytes: 50 * MB, sealedBytes: 50 * MB, rows: 2_000, small: 5, large: 1, rounds: 1 },
  long: { tcpBytes: 2_000 * MB, sealedBytes: 1_000 * MB, rows: 100_000, small: 100, large: 20, rounds: 5 },
} as const;

/** Rates per second by name: bytes, but for `sql_rows`. */
export type Limits = Readonly<Record<string, number>>;

/** Measures all limits, those that are compared with each other in turns. */
export async function runLimits(form: keyof typeof AMOUNTS): Promise<Limits> {
  const amounts = AMOUNTS[form];
  await using running = new AsyncDisposableStack();
  const folder = temporaryFolder(join(tmpdir(), "flowstate-bench-"));
  running.defer(() => removeNow(folder));
  const broker = running.use(await startNatsServer());
  const port = await freePort();
  const plainBroker = startServerProcess({
    command: process.env["FLOWSTATE_NATS_SERVER"] ?? "nats-server",
    args: ["--addr", "127.0.0.1", "--port", String(port)],
    logPath: join(folder, "plain-nats.log"),
    stopSignal: "TERM",
    options: { cwd: folder },
  });
  running.defer(() => plainBroker.end("SIGTERM", STOP_LIMIT_MS));
  const plainUrl = `nats://127.0.0.1:${port}`;
  const plain = await connect({ servers: plainUrl, waitOnFirstConnect: true });
  running.defer(() => plain.close());
  const receiver = await startNodeServer({
    name: "receiver",
    program: join("bench", "limits", "receiver-main.ts"),
    environment: () => ({
      PLAIN_NATS_URL: plainUrl,
      NATS_URL: broker.url,
      NATS_DOCUMENTS_PASSWORD: broker.passwords.extractor,
    }),
    logPath: join(folder, "receiver.log"),
  });
  running.defer(() => receiver.stop());
  const documents = running.use(
    await connectDocuments({
      url: broker.url,
      identity: "ingest-documents",
      password: broker.passwords["ingest-documents"],
      logger: createLogger("bench", "error"),
    }),
  );
  const postgres = running.use(await startPostgres());
  const client = new pg.Client({ connectionString: (await postgres.createDatabase("limits")).url });
  await client.connect();
  running.defer(() => client.end());
  await client.query(CREATE_TABLE);

  const small: Documents = { documentBytes: MB, documents: amounts.small };
  const large: Documents = { documentBytes: 20 * MB, documents: amounts.large };
  const measures: Readonly<Record<string, () => number | Promise<number>>> = {
    tcp: () => tcpBytesPerSecond(receiver.url ?? "", amounts.tcpBytes),
    nats_chunks_1mb: () => plainChunksPerSecond(plain, small),
    sealed_transfer_1mb: () => sealedTransfersPerSecond(documents, small),
    nats_chunks_20mb: () => plainChunksPerSecond(plain, large),
    sealed_transfer_20mb: () => sealedTransfersPerSecond(documents, large),
    aes_gcm: () => sealedBytesPerSecond(amounts.sealedBytes),
    sql_rows: () => rowsPerSecond(client, amounts.rows),
  };
  const measured = new Map<string, number[]>(Object.keys(measures).map((name) => [name, []]));
  for (let round = 0; round < amounts.rounds; round++) {
    for (const [name, measure] of Object.entries(measures)) measured.get(name)?.push(await measure());
  }
  return Object.fromEntries([...measured].map(([name, rates]) => [name, median(rates)]));
}
