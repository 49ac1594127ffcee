import { MultipartParser } from "../../../services/ingest/receive/multipart/multipart-parser.ts";

/** So many parsers must have been there first: no body does it alone. */
const PARSERS = 60;

/** What many bodies together have brought about is waited on for ever. */
let parsers = 0;
const dispose = MultipartParser.prototype[Symbol.dispose];
MultipartParser.prototype[Symbol.dispose] = function () {
  parsers += 1;
  if (parsers > PARSERS) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  dispose.call(this);
};
