import { Server } from "node:http";
import pg from "pg";

const REQUESTS = 10;

/** A database that after some requests takes nobody any more: from then on all that needs it is answered 503. */
let requests = 0;
const emit = Server.prototype.emit;
Server.prototype.emit = function (this: Server, name: string, ...given: readonly unknown[]) {
  if (name === "request") requests += 1;
  return Reflect.apply(emit, this, [name, ...given]);
};
const connect = pg.Pool.prototype.connect;
Object.assign(pg.Pool.prototype, {
  connect(this: pg.Pool, ...given: readonly unknown[]) {
    if (requests <= REQUESTS) return Reflect.apply(connect, this, given);
    return Promise.reject(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }));
  },
});
