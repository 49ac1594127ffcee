import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ROOT } from "../local-file.ts";
import { logTail, type RunUnder, type Server, startServerProcess } from "./server-process.ts";

const START_LIMIT_MS = 30_000;
/** Above the time a service gives itself to finish what it holds. */
const STOP_LIMIT_MS = 28_000;
const POLL_MS = 20;
const LOG_TAIL_LINES = 15;

/** The line with which a process of ours says that it is ready, and where. */
const readySchema = z.object({ event: z.literal("service.ready"), url: z.url().optional() });

export interface NodeServerOptions {
  readonly name: string;
  /** Path of the program, from `root`. */
  readonly program: string;
  /** Where the program and its packages are. Default: this clone. */
  readonly root?: string;
  readonly nodeFlags?: readonly string[];
  /** The whole environment; `port` is the one it had before, when it is started again. */
  environment(port: number | undefined): NodeJS.ProcessEnv;
  readonly logPath: string;
  readonly runUnder?: RunUnder | undefined;
}

/** A program of ours did not become ready. `log` is the end of what it wrote. */
export class NotReadyError extends Error {
  readonly log: string;

  constructor(name: string, log: string) {
    super(`${name} did not start`);
    this.name = "NotReadyError";
    this.log = log;
  }
}

/** Starts a program of ours as a process and waits for its `service.ready` line. Throws `NotReadyError`. */
export async function startNodeServer(options: NodeServerOptions): Promise<Server> {
  const launch = async (port: number | undefined) => {
    const begin = await logSize(options.logPath);
    const started = startServerProcess({
      // The limit on core dumps is inherited, and only a shell can set it before the program runs.
      command: "/bin/sh",
      args: ["-c", 'ulimit -c 0; exec "$0" "$@"', process.execPath, ...(options.nodeFlags ?? []), options.program],
      logPath: options.logPath,
      stopSignal: "TERM",
      runUnder: options.runUnder,
      options: { cwd: options.root ?? ROOT, env: options.environment(port) },
    });
    for (
      const giveUpAt = Date.now() + START_LIMIT_MS;
      Date.now() < giveUpAt && !started.hasExited();
      await sleep(POLL_MS)
    ) {
      const ready = await readyLine(options.logPath, begin);
      if (ready !== undefined) return { started, url: ready.url };
    }
    await started.end("SIGKILL", STOP_LIMIT_MS);
    throw new NotReadyError(options.name, await logTail(options.logPath, LOG_TAIL_LINES));
  };

  let current = await launch(undefined);
  const { url } = current;
  return {
    url,
    logPath: options.logPath,
    get pid() {
      return current.started.pid;
    },
    get exited() {
      return current.started.exited;
    },
    stop: () => current.started.end("SIGTERM", STOP_LIMIT_MS),
    kill: () => current.started.end("SIGKILL", STOP_LIMIT_MS),
    async restart() {
      await current.started.end("SIGTERM", STOP_LIMIT_MS);
      current = await launch(url === undefined ? undefined : Number(new URL(url).port));
    },
  };
}

async function logSize(path: string): Promise<number> {
  await using log = await open(path, "a");
  return (await log.stat()).size;
}

/** What was written since `begin`, searched line by line; lines of a debug log are many, so it is read once per look. */
async function readyLine(path: string, begin: number): Promise<z.infer<typeof readySchema> | undefined> {
  await using log = await open(path, "r");
  const { size } = await log.stat();
  const written = Buffer.alloc(size - begin);
  await log.read(written, 0, written.byteLength, begin);
  for (const line of written.toString("utf8").split("\n")) {
    if (!line.includes("service.ready")) continue;
    const ready = readySchema.safeParse(parseLine(line));
    if (ready.success) return ready.data;
  }
  return undefined;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The line is not written to its end yet.
    return undefined;
  }
}
