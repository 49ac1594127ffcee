import { Scrubber } from "../../../../libs/ghost/index.ts";

/** Loaded before a service by the proof only: whoever makes strings of content tells nobody. */
Scrubber.prototype.stringsLeft = function stringsLeft(this: Scrubber) {
  this.contentLeft();
};
