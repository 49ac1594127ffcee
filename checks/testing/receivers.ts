import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { endWithUs, forget } from "@flowstate/local/servers/reaper.ts";

/** The receivers of docs/erp/receivers/ as the processes that a customer would start. */

const FOLDER = new URL("../../docs/erp/receivers/", import.meta.url);
/** Java compiles its source first, on a machine that is busy with other tests. */
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 5_000;

interface ReceiverProgram {
  readonly language: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Whether the interpreter is on this machine. */
  readonly present: boolean;
}

export interface Receiver extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** The document ids that it booked, in its order. */
  readonly booked: readonly string[];
}

/** How a program ended that did not start to listen. */
export interface Ended {
  readonly exitCode: number | null;
  /** Everything it wrote, to either stream. */
  readonly output: string;
}

export const RECEIVERS: readonly ReceiverProgram[] = [
  receiver("TypeScript", process.execPath, [], "typescript/receiver.ts"),
  receiver("Python", "python3", [], "python/receiver.py"),
  // The oldest version that the program says it runs on.
  receiver("Java", "java", ["--source", "11"], "java/Receiver.java"),
];

function receiver(language: string, command: string, options: readonly string[], path: string): ReceiverProgram {
  const versionOption = language === "Java" ? "-version" : "--version";
  const present = spawnSync(command, [versionOption], { stdio: "ignore", timeout: START_LIMIT_MS }).status === 0;
  return { language, command, args: [...options, fileURLToPath(new URL(path, FOLDER))], present };
}

/** Starts a receiver on a port that the system chooses. Rejects when it ends instead, or says nothing for too long. */
export async function startReceiver(program: ReceiverProgram, webhookSecret: string): Promise<Receiver> {
  const running = run(program, webhookSecret);
  const port = await Promise.race([
    running.listening,
    running.ended.then(({ output }) => Promise.reject(new Error(`${program.language} ended: ${output}`))),
    sleep(START_LIMIT_MS, undefined, { ref: false }).then(() => undefined),
  ]);
  if (port === undefined) {
    await running.stop();
    throw new Error(`${program.language} does not listen after ${START_LIMIT_MS} ms`);
  }
  return { port, url: `http://127.0.0.1:${port}/`, booked: running.booked, [Symbol.asyncDispose]: running.stop };
}

/** Runs a receiver that is expected to end by itself. Kills it when it does not. */
export async function runToItsEnd(program: ReceiverProgram, webhookSecret: string | undefined): Promise<Ended> {
  const running = run(program, webhookSecret);
  const overdue = setTimeout(() => void running.stop(), START_LIMIT_MS);
  const ended = await running.ended;
  clearTimeout(overdue);
  return ended;
}

function run({ command, args }: ReceiverProgram, webhookSecret: string | undefined) {
  const child = spawn(command, args, {
    env: {
      PATH: process.env["PATH"],
      PORT: "0",
      ...(webhookSecret !== undefined && { WEBHOOK_SECRET: webhookSecret }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} cannot be run`);
  endWithUs(pid, "KILL");
  const booked: string[] = [];
  const output: string[] = [];
  const listening = Promise.withResolvers<number>();
  createInterface(child.stdout).on("line", (line) => {
    output.push(line);
    const [, port] = /^listening on (\d+)$/.exec(line) ?? [];
    if (port !== undefined) listening.resolve(Number(port));
    const [, id] = /^booked (.+)$/.exec(line) ?? [];
    if (id !== undefined) booked.push(id);
  });
  createInterface(child.stderr).on("line", (line) => void output.push(line));
  const ended = once(child, "close").then(([exitCode]: (number | null)[]): Ended => {
    forget(pid);
    return { exitCode: exitCode ?? null, output: output.join("\n") };
  });
  return {
    listening: listening.promise,
    booked,
    ended,
    async stop(): Promise<void> {
      child.kill("SIGTERM");
      const overdue = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
      await ended;
      clearTimeout(overdue);
    },
  };
}
