import { ServerResponse } from "node:http";
import { MultipartParser } from "../../../services/ingest/receive/multipart/multipart-parser.ts";

/** The answer names the file that came last. */
let name = "none";
const write = MultipartParser.prototype.write;
MultipartParser.prototype.write = function (chunk) {
  name = /filename="([ -~]+?)"/.exec(chunk.toString("latin1"))?.[1] ?? name;
  write.call(this, chunk);
};
const writeHead = ServerResponse.prototype.writeHead;
Object.assign(ServerResponse.prototype, {
  writeHead(this: ServerResponse, ...given: readonly unknown[]) {
    this.setHeader("content-disposition", name);
    return Reflect.apply(writeHead, this, given);
  },
});
