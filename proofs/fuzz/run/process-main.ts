import { randomOf } from "../../crash/plan/random.ts";
import { checkGrowth, lookAtMemory } from "../checks/memory.ts";
import { DEFAULT_LIMIT_MS, type Taken, type Target } from "../target.ts";
import { loadTarget } from "../targets/targets.ts";
import { chancesOf } from "./chances.ts";
import { type Given, type Order, openingSchema, orderSchema, type Saying, type SeenFault } from "./messages.ts";

/** The process in which a target is open. What ends it, or keeps it from answering, is seen by the one that started it. */

/** The part of a range after which memory is looked at first: by then code is compiled and caches are full. */
const WARM_UP = 0.4;
/** How often it is looked at afterwards. */
const LOOKS = 5;
const SLOW_AGAIN = 2;

const { target: name, plant, ...surroundings } = openingSchema.parse(JSON.parse(process.argv[2] ?? "{}"));
if (plant !== undefined) await import(plant);
const target = await loadTarget(name);
const { limitMs = DEFAULT_LIMIT_MS } = target;
await using open = await target.open(surroundings);
say({ say: "open" });
const ended = Promise.withResolvers<void>();
let working: Promise<void> = Promise.resolve();
process.on("message", (message) => {
  working = working.then(() => obey(orderSchema.parse(message)));
});
process.on("disconnect", () => ended.resolve());
await ended.promise;
process.exitCode = 0;
setTimeout(() => process.exit(), 5_000).unref();

async function obey(order: Order): Promise<void> {
  switch (order.order) {
    case "run":
      return run(target, order);
    case "make":
      return say({
        say: "made",
        input: open.make(randomOf(chancesOf(order.seed, name, order.number))).toString("base64"),
      });
    case "give":
      return say({ say: "given", ...(await give(Buffer.from(order.input, "base64"))) });
    case "settle": {
      const fault = await settled();
      return say({ say: "settled", ...(fault !== undefined && { fault }) });
    }
    default:
      return order satisfies never;
  }
}

async function run({ atOnce }: Target, { seed, from, until }: Extract<Order, { order: "run" }>): Promise<void> {
  const warmUntil = from + Math.floor((until - from) * WARM_UP);
  await giveRange(seed, from, warmUntil, atOnce);
  const looks = [await lookAtMemory(warmUntil)];
  for (let look = 1; look <= LOOKS; look += 1) {
    const edge = (n: number) => warmUntil + Math.floor(((until - warmUntil) * n) / LOOKS);
    await giveRange(seed, edge(look - 1), edge(look), atOnce);
    looks.push(await lookAtMemory(edge(look)));
  }
  // Before it settles: what is stopped then would take along what it holds.
  const grown = checkGrowth(looks);
  const faults = [grown, await settled()].filter((fault) => fault !== undefined);
  const { user, system } = process.cpuUsage();
  say({ say: "over", faults, processorMs: (user + system) / 1_000 });
}

async function giveRange(seed: number, from: number, until: number, atOnce: number): Promise<void> {
  let next = from;
  const worker = async () => {
    while (next < until) {
      const number = next;
      next += 1;
      say({ say: "begun", number });
      say({ say: "done", number, ...(await give(open.make(randomOf(chancesOf(seed, name, number))))) });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Gives an input, more than once if it seems slow: a busy machine is slow once. */
async function give(input: Buffer): Promise<Given> {
  let ms = Number.POSITIVE_INFINITY;
  let firstMs: number | undefined;
  for (let time = 0; time <= SLOW_AGAIN; time += 1) {
    const begunAt = performance.now();
    const came = await comeOf(input);
    const took = performance.now() - begunAt;
    firstMs ??= took;
    ms = Math.min(ms, took);
    if (typeof came === "string") {
      if (took <= limitMs) return { ms, firstMs, accepted: came === "accepted" };
    } else if (came.kind !== "hang") return { ms, firstMs, accepted: false, fault: came };
  }
  return { ms, firstMs: firstMs ?? ms, accepted: false, fault: { kind: "hang", what: `took ${Math.round(ms)} ms` } };
}

async function comeOf(input: Buffer): Promise<Taken | SeenFault> {
  try {
    return await open.give(Buffer.from(input));
  } catch (error) {
    return thrown(error);
  }
}

async function settled(): Promise<SeenFault | undefined> {
  try {
    return await open.settle?.();
  } catch (error) {
    return thrown(error);
  }
}

function thrown(error: unknown): SeenFault {
  const name = error instanceof Error ? error.name : typeof error;
  return { kind: "crash", what: `threw ${name}`, detail: error instanceof Error ? (error.stack ?? "") : String(error) };
}

function say(saying: Saying): void {
  process.send?.(saying);
}
