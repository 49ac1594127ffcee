import { tmpdir } from "node:os";
import { join } from "node:path";
import { HARDENED_ENVIRONMENT, HARDENED_NODE_FLAGS } from "@flowstate/ghost";
import { freePort } from "@flowstate/local/servers/free-port.ts";
import { startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { startNodeServer } from "@flowstate/local/servers/node-server.ts";
import { startPostgres } from "@flowstate/local/servers/postgres.ts";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { type Server, startServerProcess } from "@flowstate/local/servers/server-process.ts";
import pg from "pg";
import { processFamily, usedSeconds } from "../measure/process-usage.ts";
import { settle } from "../measure/settle.ts";
import { median } from "../measure/statistics.ts";
import { CREATE_TABLE } from "../plain/plain-service.ts";
import { rowsPerSecond, sealedBytesPerSecond, tcpBytesPerSecond, transferredBytesPerSecond } from "./limits.ts";

const MB = 1_000_000;
const STOP_LIMIT_MS = 5_000;
/** How much of each: the short form shows that it runs, the long one measures. */
const AMOUNTS = {
  short: { tcpBytes: 50 * MB, sealedBytes: 50 * MB, rows: 2_000, transfersMs: 100, restMs: 250 },
  long: { tcpBytes: 2_000 * MB, sealedBytes: 1_000 * MB, rows: 100_000, transfersMs: 2_000, restMs: 1_000 },
} as const;

/** Rates per second by name: bytes, but for `sql_rows`. */
export type Limits = Readonly<Record<string, number>>;

/** Measures all limits in turns, every other round in the opposite order, each when those before have settled. */
export async function runLimits(form: keyof typeof AMOUNTS, rounds: number): Promise<Limits> {
  const amounts = AMOUNTS[form];
  await using running = new AsyncDisposableStack();
  const plain = running.use(await startPlainTransfer());
  const sealed = running.use(await startSealedTransfer());
  const postgres = running.use(await startPostgres());
  const client = new pg.Client({ connectionString: (await postgres.createDatabase("limits")).url });
  await client.connect();
  running.defer(() => client.end());
  await client.query(CREATE_TABLE);

  const transferred = ({ sender }: Transfer, documentBytes: number) =>
    transferredBytesPerSecond(sender.url ?? "", { documentBytes, leastMs: amounts.transfersMs });
  const measures: Readonly<Record<string, () => number | Promise<number>>> = {
    tcp: () => tcpBytesPerSecond(plain.receiver.url ?? "", amounts.tcpBytes),
    nats_chunks_1mb: () => transferred(plain, MB),
    sealed_transfer_1mb: () => transferred(sealed, MB),
    nats_chunks_20mb: () => transferred(plain, 20 * MB),
    sealed_transfer_20mb: () => transferred(sealed, 20 * MB),
    aes_gcm: () => sealedBytesPerSecond(amounts.sealedBytes),
    sql_rows: () => rowsPerSecond(client, amounts.rows),
  };
  const pids = () => [...plain.pids(), ...sealed.pids(), ...processFamily(postgres.pid)];
  // Code runs faster when it has run.
  for (const transfer of [plain, sealed]) await transferred(transfer, MB);
  const measured = new Map<string, number[]>(Object.keys(measures).map((name) => [name, []]));
  const inOrder = Object.entries(measures);
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of round % 2 === 0 ? inOrder : inOrder.toReversed()) {
      await settle(() => usedSeconds(pids()), amounts.restMs);
      measured.get(name)?.push(await measure());
    }
  }
  return Object.fromEntries([...measured].map(([name, rates]) => [name, median(rates)]));
}

/** A broker of its own, and a process at each end. */
interface Transfer extends AsyncDisposable {
  readonly sender: Server;
  readonly receiver: Server;
  pids(): readonly number[];
}

/** As the services run: hardened, over the broker that they use. */
async function startSealedTransfer(): Promise<Transfer> {
  await using starting = new AsyncDisposableStack();
  const broker = starting.use(await startNatsServer());
  const ends = starting.use(
    await startEnds(HARDENED_NODE_FLAGS, (identity) => ({
      ...HARDENED_ENVIRONMENT,
      TRANSFER: "sealed",
      NATS_URL: broker.url,
      NATS_DOCUMENTS_PASSWORD: broker.passwords[identity],
    })),
  );
  return transferOf(ends, broker.pid, starting.move());
}

/** As Node and nats-server start by themselves. */
async function startPlainTransfer(): Promise<Transfer> {
  await using starting = new AsyncDisposableStack();
  const folder = temporaryFolder(join(tmpdir(), "flowstate-bench-"));
  starting.defer(() => removeNow(folder));
  const port = await freePort();
  const broker = startServerProcess({
    command: process.env["FLOWSTATE_NATS_SERVER"] ?? "nats-server",
    args: ["--addr", "127.0.0.1", "--port", String(port)],
    logPath: join(folder, "plain-nats.log"),
    stopSignal: "TERM",
    options: { cwd: folder },
  });
  starting.defer(() => broker.end("SIGTERM", STOP_LIMIT_MS));
  const ends = starting.use(await startEnds([], () => ({ TRANSFER: "plain", NATS_URL: `nats://127.0.0.1:${port}` })));
  return transferOf(ends, broker.pid, starting.move());
}

interface Ends extends AsyncDisposable {
  readonly sender: Server;
  readonly receiver: Server;
}

async function startEnds(
  nodeFlags: readonly string[],
  environmentOf: (identity: "ingest-documents" | "extractor") => NodeJS.ProcessEnv,
): Promise<Ends> {
  await using starting = new AsyncDisposableStack();
  const folder = temporaryFolder(join(tmpdir(), "flowstate-bench-"));
  starting.defer(() => removeNow(folder));
  const start = async (name: string, program: string, identity: "ingest-documents" | "extractor") => {
    const server = await startNodeServer({
      name,
      program: join("bench", "limits", program),
      nodeFlags,
      environment: () => environmentOf(identity),
      logPath: join(folder, `${name}.log`),
    });
    starting.defer(() => server.stop());
    return server;
  };
  const receiver = await start("receiver", "receiver-main.ts", "extractor");
  const sender = await start("sender", "main.ts", "ingest-documents");
  const parts = starting.move();
  return { sender, receiver, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

function transferOf({ sender, receiver }: Ends, brokerPid: number, parts: AsyncDisposableStack): Transfer {
  return {
    sender,
    receiver,
    pids: () => [sender.pid, receiver.pid, brokerPid],
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
