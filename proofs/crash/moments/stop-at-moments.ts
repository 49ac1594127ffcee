import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ChunkOpener, ChunkSealer, GhostBytes } from "@flowstate/ghost";
import { DeliveryLedger, EventPublisher } from "@flowstate/messaging";
import { type Context, context, INVALID_SPAN_CONTEXT, type Span, type Tracer, trace } from "@opentelemetry/api";
import pg from "pg";
import { MOMENTS, MOMENTS_FOLDER_VARIABLE, type Order, orderFileOf, type Reached } from "./moments.ts";

/**
 * Loaded before a service by the crash proof only: stops the whole process (SIGSTOP) at the moment that it was ordered to
 * stop at, until the proof kills it or lets it go on.
 */

const folder = process.env[MOMENTS_FOLDER_VARIABLE] ?? "";
let followed: Order["id"] | undefined;
let left = 0;

/** Undefined when there is no order, or none that could be read to its end. */
function readOrder(): Order | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, orderFileOf(process.pid)), "utf8"));
  } catch {
    return undefined;
  }
}

type IsReached = (reached: Reached) => boolean;

/** The order, if it is to stop at a moment like this. */
function orderedAt(isReached: IsReached): Order | undefined {
  const order = readOrder();
  return order !== undefined && isReached(MOMENTS[order.moment].reached) ? order : undefined;
}

function reach(isReached: IsReached): void {
  const order = orderedAt(isReached);
  if (order === undefined) return;
  if (followed !== order.id) {
    followed = order.id;
    left = order.count;
  }
  left -= 1;
  if (left === 0) process.kill(process.pid, "SIGSTOP");
}

const reachSpan = (span: string, at: "start" | "end") =>
  reach((reached) => "span" in reached && reached.span === span && reached.at === at);

/** As without a provider: a span records nothing and hands its parent's context on. */
function startUnrecorded(parent: Context): Span {
  return trace.wrapSpanContext(trace.getSpanContext(parent) ?? INVALID_SPAN_CONTEXT);
}

const tracer: Tracer = {
  startSpan(name, _options, parent = context.active()) {
    reachSpan(name, "start");
    const span = startUnrecorded(parent);
    span.end = () => reachSpan(name, "end");
    return span;
  },
  // Nothing of ours asks a tracer for this.
  startActiveSpan: () => {
    throw new Error("spans are started with startSpan");
  },
};
trace.setGlobalTracerProvider({ getTracer: () => tracer });

const PDF_SIGNATURE = Buffer.from("%PDF-");
const { append } = GhostBytes.prototype;
GhostBytes.prototype.append = function (bytes) {
  append.call(this, bytes);
  const isPdf = PDF_SIGNATURE.equals(bytes.subarray(0, PDF_SIGNATURE.byteLength));
  if (isPdf) reach((reached) => "content" in reached);
};

const { publish } = EventPublisher.prototype;
/** What is published and not acknowledged yet. */
const underWay = new Set<Promise<void>>();
EventPublisher.prototype.publish = async function (event) {
  const at = (at: "before" | "after") => (reached: Reached) =>
    "event" in reached && reached.event === event.type && reached.at === at;
  // An end and its receipt leave in one piece: who stops in front of the receipt would stop in front of the end.
  if (orderedAt(at("before")) !== undefined) await Promise.allSettled(underWay);
  reach(at("before"));
  const publishing = publish.call(this, event as never);
  underWay.add(publishing);
  try {
    await publishing;
  } finally {
    underWay.delete(publishing);
  }
  reach(at("after"));
};

const reachLedger = (ledger: "claim" | "settle", at: "before" | "after") =>
  reach((reached) => "ledger" in reached && reached.ledger === ledger && reached.at === at);
const { claim, settle } = DeliveryLedger.prototype;
DeliveryLedger.prototype.claim = async function (document) {
  reachLedger("claim", "before");
  const claimed = await claim.call(this, document);
  reachLedger("claim", "after");
  return claimed;
};
DeliveryLedger.prototype.settle = async function (...settlement) {
  reachLedger("settle", "before");
  const settling = await settle.apply(this, settlement);
  reachLedger("settle", "after");
  return settling;
};

const { seal } = ChunkSealer.prototype;
ChunkSealer.prototype.seal = function (...chunk) {
  const sealed = seal.apply(this, chunk);
  reach((reached) => "chunk" in reached && reached.chunk === "sealed");
  return sealed;
};
const { open } = ChunkOpener.prototype;
ChunkOpener.prototype.open = function (...chunk) {
  const opened = open.apply(this, chunk);
  reach((reached) => "chunk" in reached && reached.chunk === "opened");
  return opened;
};

const { query } = pg.Client.prototype;
pg.Client.prototype.query = function (this: pg.Client, ...asked: unknown[]) {
  const [statement] = asked;
  const name = typeof statement === "object" && statement !== null && "name" in statement ? statement.name : statement;
  reach((reached) => "statement" in reached && reached.statement === name);
  return Reflect.apply(query, this, asked);
};
