import { ProcessScrub } from "../../../../libs/ghost/index.ts";

/** Loaded before a service by the proof only: V8 collects when it likes. */
ProcessScrub.prototype.collect = () => {};
