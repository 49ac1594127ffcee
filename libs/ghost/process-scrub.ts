import { setFlagsFromString } from "node:v8";
import { collectEverything, collectYoung } from "./collect.ts";
import { rinseParsers } from "./rinse.ts";
import type { Reach } from "./scrubber.ts";

/**
 * For all threads of a process that may collect, the one that parses documents included: pages that a collection empties as
 * a whole are left out by `--clear-free-memory`. A flag of V8's that Node's command line does not take.
 */
if (globalThis.gc !== undefined) setFlagsFromString("--zero-unused-memory");

/** What is done to clear what zeroing cannot reach in this process. */
export class ProcessScrub {
  async run(reach: Reach): Promise<void> {
    try {
      await this.rinse();
    } finally {
      // What the rinse itself used is garbage by now, too.
      this.collect(reach);
    }
  }

  /** Overwrites what parsers and sockets hold. */
  async rinse(): Promise<void> {
    await rinseParsers();
  }

  /**
   * `young`: its strings cannot be overwritten, but the half of the young generation that a collection leaves is cleared by
   * `--clear-free-memory`; buffers that nobody zeroed are given back to glibc, which overwrites them.
   *
   * `everything`: strings that grew old, too.
   */
  collect(reach: Reach): void {
    if (reach === "young") collectYoung();
    else collectEverything();
  }
}
