import { ProcessScrub } from "../../../../libs/ghost/index.ts";

/** Loaded before a service by the proof only: parsers and sockets keep what they read last. */
ProcessScrub.prototype.rinse = async () => {};
