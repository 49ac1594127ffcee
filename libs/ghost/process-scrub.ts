import { setFlagsFromString } from "node:v8";
import { rinseParsers } from "./rinse.ts";

/** What is done to clear what zeroing cannot reach in this process. */
export class ProcessScrub {
  async run(): Promise<void> {
    try {
      await this.rinse();
    } finally {
      // What the rinse itself used is garbage by now, too.
      this.collect();
    }
  }

  /** Overwrites what parsers and sockets hold. */
  async rinse(): Promise<void> {
    await rinseParsers();
  }

  /**
   * Strings cannot be overwritten; once collected their memory is cleared: by `--clear-free-memory`, and by
   * `--zero-unused-memory` where pages are emptied as a whole. It must be this flavour, which also gives back the half of
   * the young generation that is not in use: ordinary collections, however many, leave it as it is.
   */
  collect(): void {
    const { gc } = globalThis;
    if (gc === undefined) return;
    setFlagsFromString("--zero-unused-memory");
    void gc({ type: "major", execution: "sync", flavor: "last-resort" });
  }
}
