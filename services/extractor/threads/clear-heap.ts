import { setFlagsFromString } from "node:v8";

/**
 * Ends a thread that has answered. Strings of the document are garbage by now, but V8 hands the pages of a finished thread to
 * the next one as they are. In a hardened process (where `gc` is exposed) one collection that gives back whatever it can
 * leaves none of them: it must be of this flavour, and zero unused memory, because `--clear-free-memory` leaves out pages
 * that are emptied as a whole.
 */
export function clearHeapAndEnd(): void {
  if (globalThis.gc !== undefined) {
    setFlagsFromString("--zero-unused-memory");
    globalThis.gc({ type: "major", execution: "sync", flavor: "last-resort" });
  }
  process.exit(0);
}
