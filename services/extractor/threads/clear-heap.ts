/** Emptied by a collection of the thread's whole heap, and by no other. Taken before the thread holds anything of a document. */
export function witnessOfCollections(): WeakRef<object> {
  return new WeakRef({});
}

/**
 * Ends a thread that has answered. Strings of the document are garbage by now, but V8 hands pages of a finished thread to the
 * next one as they are: those of its young generation, and those that a collection of its whole heap emptied. The first are
 * cleared by two collections of what is young: what the first one keeps is old after the second. Where there was one of the
 * whole heap, one that gives back whatever it can is made, ten times as dear. In a hardened process only, where `gc` is
 * exposed.
 */
export function clearHeapAndEnd(witness: WeakRef<object>): void {
  const { gc } = globalThis;
  if (gc !== undefined && witness.deref() !== undefined) {
    for (let times = 0; times < 2; times += 1) void gc({ type: "minor", execution: "sync" });
  } else if (gc !== undefined) {
    void gc({ type: "major", execution: "sync", flavor: "last-resort" });
  }
  process.exit(0);
}
