import { setFlagsFromString } from "node:v8";
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
   * `buffers`: those that died young are given back to glibc, which overwrites them. It takes a millisecond or two.
   *
   * `strings`: they cannot be overwritten; once collected their memory is cleared: by `--clear-free-memory`, and by
   * `--zero-unused-memory` where pages are emptied as a whole. It must be the flavour `last-resort`, which marks the whole
   * heap twice and turns both halves of the young generation out: ordinary collections, however many, leave them as they are.
   */
  collect(reach: Reach): void {
    const { gc } = globalThis;
    if (gc === undefined) return;
    if (reach === "buffers") {
      void gc({ type: "minor", execution: "sync" });
    } else {
      void gc({ type: "major", execution: "sync", flavor: "last-resort" });
    }
  }
}
