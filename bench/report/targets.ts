import type { Limits } from "../limits/run-limits.ts";
import type { CaseResult } from "../run-bench.ts";
import { ratiosOf } from "./ratios.ts";

/** A figure that is promised, and what was measured. */
export interface Target {
  readonly name: string;
  readonly wanted: string;
  readonly measured: number | undefined;
  readonly reached: boolean;
}

const SLOW_MODEL_MS = 3_000;

/** What is promised of the whole, by issue and README: each reached or not, in its own words. */
export function targetsOf(cases: readonly CaseResult[], limits: Limits | undefined): readonly Target[] {
  const find = (sizeMb: number, concurrency: number) =>
    cases.find((result) => result.case.sizeMb === sizeMb && result.case.concurrency === concurrency);
  const ratio = (sizeMb: number, concurrency: number) => {
    const result = find(sizeMb, concurrency);
    return result && ratiosOf(result);
  };
  const atLeast = (name: string, measured: number | undefined, bound: number): Target => ({
    name,
    wanted: `at least ${bound}`,
    measured,
    reached: measured !== undefined && measured >= bound,
  });
  const atMost = (name: string, measured: number | undefined, bound: number): Target => ({
    name,
    wanted: `at most ${bound}`,
    measured,
    reached: measured !== undefined && measured <= bound,
  });
  const sealedShare = (size: string) => {
    const sealed = limits?.[`sealed_transfer_${size}`];
    const plain = limits?.[`nats_chunks_${size}`];
    return sealed === undefined || plain === undefined ? undefined : sealed / plain;
  };
  return [
    atLeast("throughput beside plain, 1 MB × 8", ratio(1, 8)?.throughput, 1),
    atLeast("throughput beside plain, 0.1 MB × 8", ratio(0.1, 8)?.throughput, 0.8),
    atMost("p50 beside plain, 1 MB × 1", ratio(1, 1)?.p50, 1.25),
    atMost("memory per byte in flight beside plain, 20 MB × 8", ratio(20, 8)?.memory, 0.5),
    atMost("p50 with a 3 s model, 200 at once, beside the ideal", besideIdeal(find(0.1, 200), find(0.1, 32)), 1.1),
    atLeast("sealed transfer beside plain chunks, 1 MB", sealedShare("1mb"), 0.5),
    atLeast("sealed transfer beside plain chunks, 20 MB", sealedShare("20mb"), 0.5),
  ];
}

/**
 * The ideal: nobody waits for anything but the model, or, where the machine is the limit, for its turn. By Little's law
 * that is the number at once divided by what the machine can do, as the same documents without the wait have shown.
 */
function besideIdeal(slow: CaseResult | undefined, saturated: CaseResult | undefined): number | undefined {
  if (slow === undefined || saturated === undefined) return undefined;
  const queueingMs = (slow.case.concurrency / saturated.flowstate.mailsPerSecond) * 1_000;
  return slow.flowstate.p50Ms / Math.max(SLOW_MODEL_MS, queueingMs);
}
