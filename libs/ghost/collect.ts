/**
 * Collections that clear what they find. V8 cannot overwrite a string; what it can do is let go of it and zero the memory. All
 * of this needs `gc`, which a hardened process exposes: elsewhere nothing is done.
 */

/** Collects what died young, and clears the half of the young generation that is left by it. A millisecond or two. */
export function collectYoung(): void {
  forgetLastMatch();
  void globalThis.gc?.({ type: "minor", execution: "sync" });
}

/**
 * Collects the whole heap of this thread. What becomes free between objects that live is zeroed (`--zero-unused-memory`) in
 * collections that reduce memory only: so it must be the flavour `last-resort`, which marks the heap twice.
 */
export function collectEverything(): void {
  forgetLastMatch();
  void globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
}

/**
 * The whole text in which a regular expression last found something is alive until another finds something elsewhere: that is
 * what `RegExp.input` promises (ECMAScript, legacy static properties of the RegExp constructor). It would be content.
 */
export function forgetLastMatch(): void {
  /^/.test("");
}
