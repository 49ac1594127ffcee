import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { endWithUs, forget } from "./reaper.ts";

/** A server that runs as a process of its own and can be started again where it was. */
export interface Server {
  /** Where it listens, if it does; the same after a restart. */
  readonly url?: string | undefined;
  /** Of the process that runs now or ran last. */
  readonly pid: number;
  readonly logPath: string;
  /** Settles when the process that runs now has ended, whoever ended it. */
  readonly exited: Promise<void>;
  /** Asks it to stop and waits until it has; kills it when it takes too long. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash would (SIGKILL). */
  kill(): Promise<void>;
  /** Starts it again (stops it first if it runs) with the same address, secrets and data. */
  restart(): Promise<void>;
}

/** A child that ends with us and writes to a log. */
export interface ServerProcess {
  readonly pid: number;
  readonly exited: Promise<void>;
  hasExited(): boolean;
  /** Sends `signal`, then SIGKILL when it has not ended within `limitMs`; resolves when it has. */
  end(signal: "SIGTERM" | "SIGINT" | "SIGKILL", limitMs: number): Promise<void>;
}

/**
 * The beginning of a command that runs the rest of it under a tracer: as our own child, with the pid that we see. Asked
 * once for each process.
 */
export type RunUnder = () => readonly [command: string, ...args: string[]];

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly logPath: string;
  /** What asks it to stop. */
  readonly stopSignal: "INT" | "TERM";
  readonly runUnder?: RunUnder | undefined;
  /** Working directory, environment, user. */
  readonly options: Pick<SpawnOptions, "cwd" | "env" | "uid" | "gid">;
}

/**
 * Starts a server. It gets a session of its own, so that a Ctrl-C in the terminal does not end the broker before the
 * services have stopped, and writes to its log itself, so that nothing is lost with us. Throws when it cannot be run.
 */
export function startServerProcess(server: ServerCommand): ServerProcess {
  const { logPath, stopSignal, options, runUnder } = server;
  const itself = [server.command, ...server.args] as const;
  const [command, ...args] = runUnder === undefined ? itself : ([...runUnder(), ...itself] as const);
  const log = openSync(logPath, "a", 0o600);
  const child: ChildProcess = spawn(command, args, { ...options, stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} cannot be run`);
  endWithUs(pid, stopSignal);
  void exited.then(() => forget(pid));
  return {
    pid,
    exited,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    async end(signal, limitMs) {
      child.kill(signal);
      const overdue = setTimeout(() => child.kill("SIGKILL"), limitMs);
      await exited;
      clearTimeout(overdue);
    },
  };
}

/** The last lines of a log, for a message about a server that did not start. */
export async function logTail(logPath: string, lines = 1): Promise<string> {
  const log = await readFile(logPath, "utf8").catch(() => "");
  return log.trimEnd().split("\n").slice(-lines).join("\n");
}
