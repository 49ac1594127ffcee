import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Bench } from "../bench/bench.ts";
import type { OpenedFiles } from "./opened-files.ts";

const SAMPLE_INTERVAL_MS = 50;
/** open(2): the access mode is in the last two bits, 1 and 2 may write. */
const ACCESS_MODE = 0b11;

/**
 * Writes down which files the processes have open for writing, by looking at their descriptors many times a second. A file
 * that is opened and closed between two looks is not seen here: where such files can lie is searched as a whole besides.
 */
export class SampledFiles implements OpenedFiles {
  readonly how = "sampled";
  readonly runUnder = undefined;
  readonly #paths = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  watch(bench: Bench): void {
    this.#timer = setInterval(() => this.#look(bench), SAMPLE_INTERVAL_MS);
  }

  paths(): readonly string[] {
    return [...this.#paths].sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
  }

  #look(bench: Bench): void {
    for (const pid of Object.values(bench.processes()).flat()) {
      for (const path of writableFilesOf(pid)) this.#paths.add(path);
    }
  }
}

/** Regular files only: no pipes, sockets or devices. */
function writableFilesOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      const path = readlinkSync(`/proc/${pid}/fd/${descriptor}`);
      if (!path.startsWith("/") || path.startsWith("/dev/") || path.startsWith("/proc/")) return [];
      const flags = /^flags:\s+([0-7]+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, "utf8"))?.[1];
      return (Number.parseInt(flags ?? "0", 8) & ACCESS_MODE) === 0 ? [] : [path];
    });
  } catch {
    // The process, or the descriptor, is gone.
    return [];
  }
}
