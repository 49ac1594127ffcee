import { MultipartParser } from "../../../services/ingest/receive/multipart/multipart-parser.ts";

const KEPT_BYTES = 16 * 1024;

/** Every parser that has ended leaves memory behind. */
const kept: Buffer[] = [];
const dispose = MultipartParser.prototype[Symbol.dispose];
MultipartParser.prototype[Symbol.dispose] = function () {
  kept.push(Buffer.alloc(KEPT_BYTES));
  dispose.call(this);
};
