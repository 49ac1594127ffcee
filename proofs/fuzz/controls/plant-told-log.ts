import pino from "pino";
import { MultipartParser } from "../../../services/ingest/receive/multipart/multipart-parser.ts";

/** Each line of a log names the file that came last. */
let name = "none";
const write = MultipartParser.prototype.write;
MultipartParser.prototype.write = function (chunk) {
  name = /filename="([^"]+)"/.exec(chunk.toString("latin1"))?.[1] ?? name;
  write.call(this, chunk);
};
const { writeSym } = Object(pino.symbols);
const ofAll = Object.getPrototypeOf(Object.getPrototypeOf(pino({ enabled: false })));
const writeLine = ofAll[writeSym];
ofAll[writeSym] = function (fields: unknown, ...rest: readonly unknown[]) {
  return Reflect.apply(writeLine, this, [{ ...Object(fields), name }, ...rest]);
};
