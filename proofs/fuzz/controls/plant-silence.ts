import { type IncomingMessage, Server } from "node:http";

const ANSWERED = 20;

/** A server that after some answers closes every connection without a word. */
let requests = 0;
const emit = Server.prototype.emit;
Server.prototype.emit = function (this: Server, name: string, ...given: readonly unknown[]) {
  if (name === "request") {
    requests += 1;
    if (requests > ANSWERED) (given[0] as IncomingMessage).socket.destroy();
  }
  return Reflect.apply(emit, this, [name, ...given]);
};
