import { execFile } from "node:child_process";
import { chmodSync, closeSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { canReach, postgresUser } from "../../../deploy/local/servers/postgres-user.ts";
import { removeNow, temporaryFolder } from "../../../deploy/local/servers/reaper.ts";
import type { OpenedFiles } from "./opened-files.ts";
import { filesOfTrace, TRACED_CALLS } from "./read-trace.ts";

/**
 * `-D`: the traced process stays our child, with its pid. The kernel's filter stops it at these calls and at no other. A
 * call that this machine does not know is passed over (`?`). Of a signal, an exit, a failed call nothing is written.
 */
const FLAGS = ["-D", "-f", "--seccomp-bpf", "-qq", "-y", "-z", "-s", "4096", "-e", "signal=none"];
const CALLS = ["-e", `trace=${TRACED_CALLS.map((call) => `?${call}`).join(",")}`];

/** Every process runs under strace, which writes down what it opens for writing. A process may run as another user. */
export class SyscallTrace implements OpenedFiles {
  readonly how = "traced";
  readonly #strace: string;
  readonly #folder: string;
  #processes = 0;

  private constructor(strace: string, folder: string) {
    this.#strace = strace;
    this.#folder = folder;
  }

  /** Undefined when there is no strace, or it may not trace, or PostgreSQL's user could not write down what is traced. */
  static async begin(strace: string): Promise<SyscallTrace | undefined> {
    const folder = temporaryFolder(join(tmpdir(), "flowstate-trace-"));
    chmodSync(folder, 0o711);
    const trace = new SyscallTrace(strace, folder);
    if ((await trace.#tries()) && (await isOpenToPostgres(folder))) return trace;
    await trace[Symbol.asyncDispose]();
    return undefined;
  }

  readonly runUnder = () => {
    const path = join(this.#folder, `${this.#processes++}.trace`);
    closeSync(openSync(path, "w"));
    chmodSync(path, 0o666);
    return [this.#strace, ...FLAGS, ...CALLS, "-o", path] as const;
  };

  watch(): void {
    // The processes are watched from their first instruction on.
  }

  paths(): readonly string[] {
    const traces = readdirSync(this.#folder).filter((name) => name.endsWith(".trace"));
    const files = traces.flatMap((name) => filesOfTrace(readFileSync(join(this.#folder, name), "utf8")));
    return [...new Set(files)].sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeNow(this.#folder);
  }

  /** A file that a shell writes must show. */
  async #tries(): Promise<boolean> {
    const file = join(this.#folder, "tried");
    const [command, ...args] = [...this.runUnder(), "/bin/sh", "-c", 'echo tried > "$0"', file] as const;
    try {
      await promisify(execFile)(command, args);
      for (let look = 0; look < LOOKS && !this.paths().includes(file); look += 1) await sleep(LOOK_PAUSE_MS);
      return this.paths().includes(file);
    } catch {
      return false;
    } finally {
      for (const name of readdirSync(this.#folder)) rmSync(join(this.#folder, name));
    }
  }
}

/** The tracer may end a little later than what it traced. */
const LOOKS = 50;
const LOOK_PAUSE_MS = 10;

async function isOpenToPostgres(folder: string): Promise<boolean> {
  const user = postgresUser();
  return user === undefined || (await canReach(user, folder));
}
