import { Server } from "node:http";

/** What is no HTTP is answered by Node itself, with no body at all. */
const { on } = Server.prototype;
Server.prototype.on = function (this: Server, ...given: unknown[]) {
  return given[0] === "clientError" ? this : Reflect.apply(on, this, given);
};
