import { MultipartParser } from "../../../services/ingest/receive/multipart/multipart-parser.ts";
import { nameInLog } from "./name-in-log.ts";

/** Each line of a log names the file that came last. */
let name = "none";
const write = MultipartParser.prototype.write;
MultipartParser.prototype.write = function (chunk) {
  name = /filename="([^"]+)"/.exec(chunk.toString("latin1"))?.[1] ?? name;
  write.call(this, chunk);
};
nameInLog(() => name);
