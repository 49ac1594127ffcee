import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { IDENTITY_NAMES, type Passwords, renderSingleBroker } from "@flowstate/messaging";
import { z } from "zod";
import { removeNow, temporaryFolder } from "./reaper.ts";
import { logTail, type RunUnder, type Server, type ServerProcess, startServerProcess } from "./server-process.ts";

/** How long a server may take to be ready, and how often its ports file is looked for. */
const START_LIMIT_MS = 15_000;
const POLL_MS = 10;
/** A server that is asked to stop drains its clients first. */
const STOP_LIMIT_MS = 5_000;
const PASSWORD_BYTES = 24;

export interface NatsServerOptions {
  /** Holds configuration, log and store, and stays. Absent: a temporary folder that goes with the server. */
  readonly directory?: string;
  /** TCP port on 127.0.0.1; absent: any free one. */
  readonly port?: number;
  /** One password for each identity; absent: random ones. */
  readonly passwords?: Passwords;
  readonly runUnder?: RunUnder | undefined;
}

/** A nats-server of our own, with the two accounts and the identities of the table. */
export interface NatsServer extends Server, AsyncDisposable {
  /** `nats://127.0.0.1:PORT`. */
  readonly url: string;
  /** Where JetStream keeps its streams; stays until the server is disposed. */
  readonly storeDir: string;
  readonly passwords: Passwords;
}

/** Starts a nats-server and waits until it accepts connections. Throws when it cannot start, with the end of its log. */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const binary = process.env["FLOWSTATE_NATS_SERVER"] ?? "nats-server";
  const directory = options.directory ?? temporaryFolder(join(tmpdir(), "flowstate-nats-"));
  const storeDir = join(directory, "jetstream");
  const logPath = join(directory, "nats-server.log");
  const configPath = join(directory, "nats-server.conf");
  const passwords = options.passwords ?? randomPasswords();
  const syncAlways = await knowsSyncInterval(binary);
  await mkdir(directory, { recursive: true });

  const launch = async (port: number): Promise<{ process: ServerProcess; port: number }> => {
    await writeFile(configPath, renderSingleBroker({ port, storeDir, passwords, syncAlways }), { mode: 0o600 });
    const process = startServerProcess({
      command: binary,
      args: ["--config", configPath, "--ports_file_dir", directory],
      logPath,
      stopSignal: "TERM",
      runUnder: options.runUnder,
      // Its own folder, so that it works whichever folder we were started in, or if that is gone.
      options: { cwd: directory },
    });
    return { process, port: await readyPort(process, binary, directory, logPath) };
  };

  let current: Awaited<ReturnType<typeof launch>>;
  try {
    current = await launch(options.port ?? RANDOM_PORT);
  } catch (error) {
    if (options.directory === undefined) await removeNow(directory);
    throw error;
  }
  const server: NatsServer = {
    url: `nats://127.0.0.1:${current.port}`,
    storeDir,
    logPath,
    passwords,
    get pid() {
      return current.process.pid;
    },
    get exited() {
      return current.process.exited;
    },
    stop: () => current.process.end("SIGTERM", STOP_LIMIT_MS),
    kill: () => current.process.end("SIGKILL", STOP_LIMIT_MS),
    async restart() {
      await server.stop();
      current = await launch(current.port);
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      if (options.directory === undefined) await removeNow(directory);
    },
  };
  return server;
}

/** What nats-server takes for "any free port". */
const RANDOM_PORT = -1;

function randomPasswords(): Passwords {
  const passwords: Partial<Record<string, string>> = {};
  for (const identity of IDENTITY_NAMES) passwords[identity] = randomBytes(PASSWORD_BYTES).toString("base64url");
  return z.record(z.enum(IDENTITY_NAMES), z.string()).parse(passwords);
}

/** The first release whose acknowledged writes can be made to survive a power cut. Older ones refuse the setting. */
const SYNC_INTERVAL_SINCE = [2, 10] as const;

/** Whether this nats-server can be told to wait for the disk with each write. */
export async function knowsSyncInterval(binary: string): Promise<boolean> {
  const { stdout } = await promisify(execFile)(binary, ["--version"]);
  const [, major, minor] = /v(\d+)\.(\d+)\./.exec(stdout) ?? [];
  const [sinceMajor, sinceMinor] = SYNC_INTERVAL_SINCE;
  return Number(major) > sinceMajor || (Number(major) === sinceMajor && Number(minor) >= sinceMinor);
}

const portsFileSchema = z.object({ nats: z.tuple([z.string().regex(/^nats:\/\/127\.0\.0\.1:\d+$/)]) });

/** The server writes its ports file, named after its process, once it accepts connections. */
async function readyPort(process: ServerProcess, binary: string, directory: string, logPath: string): Promise<number> {
  const portsFile = join(directory, `${basename(binary)}_${process.pid}.ports`);
  for (const giveUpAt = Date.now() + START_LIMIT_MS; Date.now() < giveUpAt; await sleep(POLL_MS)) {
    if (process.hasExited()) break;
    const ports = portsFileSchema.safeParse(parseJson(await readFile(portsFile, "utf8").catch(() => "")));
    if (ports.success) return Number(new URL(ports.data.nats[0]).port);
  }
  await process.end("SIGKILL", STOP_LIMIT_MS);
  throw new Error(`nats-server did not start: ${await logTail(logPath)}`);
}

/** Undefined while the file is missing or half written. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
