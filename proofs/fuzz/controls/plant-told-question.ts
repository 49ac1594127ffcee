import { Server } from "node:http";
import pg from "pg";
import { nameInLog } from "./name-in-log.ts";

/** Behind each question with the canary in it the database is away once, and the log names that question. */
const SPECIAL = /c4(?:~|%7e)nary/i;
let special = "none";
let isAway = false;
const emit = Server.prototype.emit;
Server.prototype.emit = function (this: Server, name: string, ...given: readonly unknown[]) {
  const asked = name === "request" ? String(Object(given[0]).url) : "";
  if (SPECIAL.test(asked)) {
    special = asked;
    isAway = true;
  }
  return Reflect.apply(emit, this, [name, ...given]);
};
const connect = pg.Pool.prototype.connect;
Object.assign(pg.Pool.prototype, {
  connect(this: pg.Pool, ...given: readonly unknown[]) {
    if (!isAway) return Reflect.apply(connect, this, given);
    isAway = false;
    return Promise.reject(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }));
  },
});
nameInLog(() => special);
