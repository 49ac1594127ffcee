import { type EventEmitter, errorMonitor } from "node:events";
import { appendFileSync, readFileSync } from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { ENCOUNTERS_VARIABLE, NAME_DISTURBED, NO_ORDERS, ORDERS_VARIABLE, type Orders, refusedAt } from "./orders.ts";

/**
 * Loaded before a service by this proof only: shifts the time of day in its process and disturbs its resolver, as ordered.
 * Clocks that only run forward are left alone, as they are when somebody sets a machine's clock. Every name is this machine.
 * Says of what nobody outside sees that it was met: a connection that is refused, a name that is asked for.
 */

const OBEY_EVERY_MS = 50;
const SLOW_ANSWER_MS = 1_500;
/** When a resolver gives up whose one name server says nothing: two tries of five seconds (resolv.conf(5)). */
const SILENCE_MS = 10_000;
const ADDRESS = "127.0.0.1";
/** Of this machine, too; nobody listens there. */
const WRONG_ADDRESS = "127.0.0.99";

const file = process.env[ORDERS_VARIABLE] ?? "";
let orders: Orders = NO_ORDERS;

setInterval(() => {
  try {
    orders = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    // It is being written, or not there yet.
  }
}, OBEY_EVERY_MS).unref();

const RealDate = Date;
const now = () => RealDate.now() + orders.clockMs;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, name, receiver) => (name === "now" ? now : Reflect.get(target, name, receiver)),
});

const encounters = process.env[ENCOUNTERS_VARIABLE] ?? "";

/** Short lines, each written at once, so that those of several processes do not mix. */
function noteEncounter(line: string): void {
  appendFileSync(encounters, `${line}\n`);
}

const { connect } = Socket.prototype;
/** Watching for an error handles it for nobody: what a service does about it stays as it is. */
function watchedConnect(this: EventEmitter, ...to: unknown[]): unknown {
  this.once(errorMonitor, ({ code, port }: NodeJS.ErrnoException & { port?: number }) => {
    if (code === "ECONNREFUSED" && port !== undefined) noteEncounter(refusedAt(port));
  });
  return Reflect.apply(connect, this, to);
}
Object.assign(Socket.prototype, { connect: watchedConnect });

async function addressOf(name: string): Promise<string> {
  if (orders.names !== "well") noteEncounter(NAME_DISTURBED);
  const failed = (code: string) => Object.assign(new Error(`getaddrinfo ${code} ${name}`), { code, hostname: name });
  switch (orders.names) {
    case "well":
      return ADDRESS;
    case "not_found":
      throw failed("ENOTFOUND");
    case "try_again":
      throw failed("EAI_AGAIN");
    case "silent":
      await sleep(SILENCE_MS);
      throw failed("EAI_AGAIN");
    case "slow":
      await sleep(SLOW_ANSWER_MS);
      return ADDRESS;
    case "wrong":
      return WRONG_ADDRESS;
  }
}

type Answer = (error: Error | null, ...found: unknown[]) => void;
type LookupOptions = { readonly all?: boolean };

function lookup(name: string, options: LookupOptions | Answer, answer?: Answer): void {
  const tell = typeof options === "function" ? options : answer;
  const all = typeof options === "object" && options.all === true;
  addressOf(name).then(
    (address) => {
      if (all) tell?.(null, [{ address, family: 4 }]);
      else tell?.(null, address, 4);
    },
    (error: Error) => tell?.(error),
  );
}

async function lookupLater(name: string, { all = false }: LookupOptions = {}): Promise<unknown> {
  const address = await addressOf(name);
  return all ? [{ address, family: 4 }] : { address, family: 4 };
}

/** As the broker's client asks. */
function resolve4(name: string, answer: Answer): void {
  addressOf(name).then(
    (address) => answer(null, [address]),
    (error: Error) => answer(error),
  );
}

const require = createRequire(import.meta.url);
Object.assign(require("node:dns"), { lookup, resolve4 });
Object.assign(require("node:dns/promises"), { lookup: lookupLater });
syncBuiltinESMExports();
