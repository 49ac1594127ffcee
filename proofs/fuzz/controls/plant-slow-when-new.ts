import { MultipartParser } from "../../../services/ingest/receive/multipart/multipart-parser.ts";

const SLOW_MS = 2_200;

/** The first body that comes takes too long. Given again, it is known, and quick. */
let isFirst = true;
const write = MultipartParser.prototype.write;
MultipartParser.prototype.write = function (chunk) {
  if (isFirst) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SLOW_MS);
  isFirst = false;
  write.call(this, chunk);
};
