import { randomOf } from "../../crash/plan/random.ts";
import { checkGrowth, memoryInUse } from "../checks/memory.ts";
import { DEFAULT_LIMIT_MS, type OpenTarget, type Target } from "../target.ts";
import { loadTarget } from "../targets/targets.ts";
import { chancesOf } from "./chances.ts";
import { type Order, openingSchema, orderSchema, type Saying, type SeenFault } from "./messages.ts";

/** The process in which a target is open. What ends it, or keeps it from answering, is seen by the one that started it. */

/** The part of a range after which memory is looked at first: by then code is compiled and caches are full. */
const WARM_UP = 0.3;
const SLOW_AGAIN = 2;

const { target: name, plant, ...surroundings } = openingSchema.parse(JSON.parse(process.argv[2] ?? "{}"));
if (plant !== undefined) await import(plant);
const target = await loadTarget(name);
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
      return run(target, open, order);
    case "make":
      return say({
        say: "made",
        input: open.make(randomOf(chancesOf(order.seed, name, order.number))).toString("base64"),
      });
    case "give": {
      const { ms, fault } = await give(Buffer.from(order.input, "base64"));
      return say({ say: "given", ms, ...(fault !== undefined && { fault }) });
    }
    default:
      return order satisfies never;
  }
}

async function run(
  { atOnce }: Target,
  { settle }: OpenTarget,
  { seed, from, until }: Extract<Order, { order: "run" }>,
): Promise<void> {
  const warmUntil = from + Math.floor((until - from) * WARM_UP);
  await giveRange(seed, from, warmUntil, atOnce);
  const before = await memoryInUse();
  await giveRange(seed, warmUntil, until, atOnce);
  const faults: SeenFault[] = [];
  try {
    const settled = await settle?.();
    if (settled !== undefined) faults.push(settled);
  } catch (error) {
    faults.push(thrown(error));
  }
  const grown = checkGrowth(before, await memoryInUse());
  if (grown !== undefined) faults.push(grown);
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
      const { ms, fault } = await give(open.make(randomOf(chancesOf(seed, name, number))));
      say({ say: "done", number, ms, ...(fault !== undefined && { fault }) });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Gives an input, more than once if it seems slow: a busy machine is slow once. */
async function give(input: Buffer): Promise<{ readonly ms: number; readonly fault?: SeenFault }> {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time <= SLOW_AGAIN; time += 1) {
    const begunAt = performance.now();
    const fault = await faultOf(input);
    const ms = performance.now() - begunAt;
    least = Math.min(least, ms);
    const isSlow = ms > (target.limitMs ?? DEFAULT_LIMIT_MS) || fault?.kind === "hang";
    if (!isSlow) return { ms: least, ...(fault !== undefined && { fault }) };
  }
  return { ms: least, fault: { kind: "hang", what: `took ${Math.round(least)} ms` } };
}

async function faultOf(input: Buffer): Promise<SeenFault | undefined> {
  try {
    return await open.give(Buffer.from(input));
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
