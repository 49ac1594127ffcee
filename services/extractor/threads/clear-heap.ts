import { collectEverything } from "@flowstate/ghost/collect.ts";

/**
 * Ends a thread that has answered. Strings of the document are garbage by now, but V8 hands the pages of a finished thread to
 * the next one as they are. In a hardened process (where `gc` is exposed, and V8 zeroes unused memory) one collection that
 * gives back whatever it can leaves none of them.
 */
export function clearHeapAndEnd(): void {
  collectEverything();
  process.exit(0);
}
