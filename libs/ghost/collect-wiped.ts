/**
 * Wiped memory goes back to the system when the runtime collects it, and the runtime is in no hurry: what large mails left
 * behind would stand beside the mails that come next. A collection takes 20 to 30 ms, so it is not made for each document.
 */
const COLLECT_AFTER_BYTES = 64 * 1024 * 1024;

let wipedBytes = 0;
let isDue = false;

/** Tells of memory that was wiped and let go of. Collects in a later turn, where the process may (`--expose-gc`). */
export function noteWiped(bytes: number): void {
  wipedBytes += bytes;
  const { gc } = globalThis;
  if (wipedBytes < COLLECT_AFTER_BYTES || isDue || gc === undefined) return;
  isDue = true;
  setImmediate(() => {
    isDue = false;
    wipedBytes = 0;
    void gc({ type: "major", execution: "sync" });
  });
}
