import { MultipartParser } from "../../../services/ingest/receive/multipart/multipart-parser.ts";

/** Some bodies have something thrown where nobody catches it. */
const write = MultipartParser.prototype.write;
MultipartParser.prototype.write = function (chunk) {
  if (chunk.includes("\r\n\r\n\r\n")) setImmediate(() => JSON.parse("{"));
  write.call(this, chunk);
};
