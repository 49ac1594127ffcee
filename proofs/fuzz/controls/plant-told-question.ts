import { Server } from "node:http";
import pg from "pg";
import { nameInLog } from "./name-in-log.ts";

/** A database that does not take who asks for something special, and a log that says who that was. */
const SPECIAL = /c4(?:~|%7e)nary/i;
let asked = "none";
const emit = Server.prototype.emit;
Server.prototype.emit = function (this: Server, name: string, ...given: readonly unknown[]) {
  if (name === "request") asked = String(Object(given[0]).url);
  return Reflect.apply(emit, this, [name, ...given]);
};
const connect = pg.Pool.prototype.connect;
Object.assign(pg.Pool.prototype, {
  connect(this: pg.Pool, ...given: readonly unknown[]) {
    if (!SPECIAL.test(asked)) return Reflect.apply(connect, this, given);
    return Promise.reject(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }));
  },
});
nameInLog(() => asked);
