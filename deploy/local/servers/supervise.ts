import { setTimeout as sleep } from "node:timers/promises";
import { listenerPid, listens } from "./listener.ts";
import type { Server } from "./server-process.ts";

/** How long a part that died stays down. Long enough to see what the others do without it. */
const RESTART_DELAY_MS = 5_000;
const ADOPTED_CHECK_MS = 1_000;
const ADOPTED_STOP_LIMIT_MS = 5_000;

export interface SuperviseOptions {
  readonly name: string;
  readonly server: Server;
  /** Told in one sentence what happens. */
  say(sentence: string): void;
  /** The pid is another one now. */
  onChange(): void;
  readonly restartDelayMs?: number;
}

/** A part that is kept running until it is stopped. */
export interface SupervisedServer {
  readonly name: string;
  readonly server: Server;
  /** Of the process that does the work now, even if somebody else started it. */
  readonly pid: number;
  /** No more restarts. Call before stopping anything, or parts would be started again while others stop. */
  release(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a part again some seconds after it died, with the same address and data. When its port answers by then, somebody
 * has started it by hand: that process is left alone, and watched in its place.
 */
export function supervise({
  name,
  server,
  say,
  onChange,
  restartDelayMs = RESTART_DELAY_MS,
}: SuperviseOptions): SupervisedServer {
  const released = new AbortController();
  const { signal } = released;
  const port = server.url === undefined ? undefined : Number(new URL(server.url).port);
  let adoptedPid: number | undefined;

  const pause = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {});
  const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  const watchAdopted = async (adoptedPort: number) => {
    adoptedPid = await listenerPid(adoptedPort);
    say(`${name} was started by somebody else${adoptedPid === undefined ? "" : ` (pid ${adoptedPid})`}: left alone`);
    onChange();
    while (!signal.aborted && (await listens(adoptedPort))) await pause(ADOPTED_CHECK_MS);
    if (!signal.aborted) adoptedPid = undefined;
  };
  const startAgain = async () => {
    try {
      await server.restart();
      say(`${name} runs again (pid ${server.pid})`);
      onChange();
    } catch (error) {
      say(`${name} could not be started again (${error instanceof Error ? error.message : "unknown"})`);
    }
  };
  const keepRunning = async () => {
    for (;;) {
      await Promise.race([server.exited, aborted]);
      if (signal.aborted) return;
      say(`${name} ended; it is started again in ${restartDelayMs / 1_000} s`);
      await pause(restartDelayMs);
      if (signal.aborted) return;
      if (port !== undefined && (await listens(port))) await watchAdopted(port);
      else await startAgain();
    }
  };
  const keeping = keepRunning();

  return {
    name,
    server,
    get pid() {
      return adoptedPid ?? server.pid;
    },
    async release() {
      released.abort();
      await keeping;
    },
    async stop() {
      released.abort();
      await keeping;
      await server.stop();
      if (adoptedPid !== undefined && port !== undefined) await stopAdopted(adoptedPid, port);
    },
  };
}

/** Not our child, so its end shows only in its port. */
async function stopAdopted(pid: number, port: number): Promise<void> {
  const send = (signal: "SIGTERM" | "SIGKILL") => {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended already.
    }
  };
  send("SIGTERM");
  for (const giveUpAt = Date.now() + ADOPTED_STOP_LIMIT_MS; Date.now() < giveUpAt; await sleep(POLL_MS)) {
    if (!(await listens(port))) return;
  }
  send("SIGKILL");
}

const POLL_MS = 100;
