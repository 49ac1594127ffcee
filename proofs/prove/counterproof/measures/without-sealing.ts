import { ChunkOpener, ChunkSealer, TAG_BYTES } from "../../../../libs/ghost/index.ts";

/** Loaded before a service by the proof only: content crosses the broker as it is. */
ChunkSealer.prototype.seal = (pieces, _last, head = Buffer.alloc(0)) =>
  Buffer.concat([head, ...pieces, Buffer.alloc(TAG_BYTES)]);
ChunkOpener.prototype.open = (sealed) => Buffer.from(sealed.subarray(0, sealed.byteLength - TAG_BYTES));
