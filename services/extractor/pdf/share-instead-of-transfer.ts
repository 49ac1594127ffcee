/**
 * pdf.js hands the bytes it is given to its own worker by transfer, which takes them away from their owner: nobody could
 * zero them afterwards. Here it runs without a worker of its own, so the transfer is a structured clone within the
 * thread. Shared memory cannot be transferred but is shared by a clone, so leaving it off the transfer list is all it
 * takes for pdf.js to read the parent's bytes where they are, and for the parent to zero them whatever becomes of this
 * thread.
 */
export function shareInsteadOfTransfer(): void {
  const clone = globalThis.structuredClone;
  globalThis.structuredClone = (value, options) =>
    clone(value, { transfer: (options?.transfer ?? []).filter((part) => !(part instanceof SharedArrayBuffer)) });
}
