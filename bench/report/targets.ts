import type { Limits } from "../limits/run-limits.ts";
import type { CaseResult } from "../run-bench.ts";
import { ratiosOf } from "./ratios.ts";
import { idealSlowModel } from "./slow-model.ts";

/** A figure that is promised, and what was measured. */
export interface Target {
  readonly name: string;
  readonly wanted: string;
  readonly measured: number | undefined;
  readonly verdict: Verdict;
  /** What must be known beside the figure. */
  readonly notes: readonly string[];
}

export type Verdict = "reached" | "not reached" | "not judged" | "not measured";

/** How it was measured. */
export interface Measuring {
  readonly rounds: number;
  /** In the short form, which shows that everything runs. */
  readonly short: boolean;
}

/** What is promised holds for medians of so many rounds. */
const JUDGED_FROM_ROUNDS = 5;

interface Measured {
  readonly value: number;
  readonly notes: readonly string[];
  /** Why it is not what it should be, if it is not. */
  readonly doubt?: string | undefined;
}

/** Each figure that is promised of the whole, whether it was measured or not. */
export function targetsOf(
  cases: readonly CaseResult[],
  limits: Limits | undefined,
  measuring: Measuring,
): readonly Target[] {
  const find = (sizeMb: number, concurrency: number) =>
    cases.find((result) => result.case.sizeMb === sizeMb && result.case.concurrency === concurrency);
  const atLeast = (bound: number, name: string, measured: Measured | undefined): Target => ({
    ...judge(measured, measuring, (value) => value >= bound),
    name,
    wanted: `at least ${bound}`,
  });
  const atMost = (bound: number, name: string, measured: Measured | undefined): Target => ({
    ...judge(measured, measuring, (value) => value <= bound),
    name,
    wanted: `at most ${bound}`,
  });
  return [
    atLeast(1, "throughput beside plain, 1 MB × 8", throughput(find(1, 8))),
    atLeast(0.8, "throughput beside plain, 0.1 MB × 8", throughput(find(0.1, 8))),
    atMost(1.25, "p50 beside plain, 1 MB × 1", medianLatency(find(1, 1))),
    atMost(0.5, "peak memory per byte in flight beside plain, 20 MB × 8", peakMemory(find(20, 8))),
    atMost(1.1, "p50 with a 3 s model, 200 at once, beside the ideal", idealSlowModel(find(0.1, 200), find(0.1, 32))),
    atLeast(0.5, "sealed transfer beside plain chunks, 1 MB", sealedShare(limits, "1mb")),
    atLeast(0.5, "sealed transfer beside plain chunks, 20 MB", sealedShare(limits, "20mb")),
  ];
}

/** 0 when every target is reached, 1 when one is not, 2 when none is missed but some were not measured or not judged. */
export function exitCodeOf(targets: readonly Target[]): 0 | 1 | 2 {
  if (targets.some(({ verdict }) => verdict === "not reached")) return 1;
  return targets.every(({ verdict }) => verdict === "reached") ? 0 : 2;
}

function judge(
  measured: Measured | undefined,
  { rounds, short }: Measuring,
  reaches: (value: number) => boolean,
): Pick<Target, "measured" | "verdict" | "notes"> {
  if (measured === undefined) return { measured: undefined, verdict: "not measured", notes: [] };
  const { value, notes, doubt } = measured;
  const doubts = [
    ...(short ? ["the short form judges nothing"] : []),
    ...(rounds < JUDGED_FROM_ROUNDS ? [`too few rounds to judge: ${rounds} of ${JUDGED_FROM_ROUNDS}`] : []),
    ...(doubt === undefined ? [] : [doubt]),
  ];
  if (doubts.length > 0) return { measured: value, verdict: "not judged", notes: [...doubts, ...notes] };
  return { measured: value, verdict: reaches(value) ? "reached" : "not reached", notes };
}

function throughput(result: CaseResult | undefined): Measured | undefined {
  if (result === undefined) return undefined;
  const { flowstate, plain } = result;
  return {
    value: ratiosOf(result).throughput,
    notes: [
      `${flowstate.mailsPerSecond.toFixed(1)} and ${plain.mailsPerSecond.toFixed(1)} mails/s, of ${flowstate.mails} and ${plain.mails} mails`,
    ],
  };
}

function medianLatency(result: CaseResult | undefined): Measured | undefined {
  if (result === undefined) return undefined;
  const { flowstate, plain } = result;
  return {
    value: ratiosOf(result).p50,
    notes: [
      `${flowstate.p50Ms.toFixed(0)} and ${plain.p50Ms.toFixed(0)} ms, of ${flowstate.timedMails} and ${plain.timedMails} mails`,
    ],
  };
}

/**
 * The peak is judged, as it is promised, and is what a machine must have. What a side has above its idle self tells how it
 * handles documents, leaves out what its processes cost, and is told beside it.
 */
function peakMemory(result: CaseResult | undefined): Measured | undefined {
  const ours = result?.flowstate.memory;
  const theirs = result?.plain.memory;
  if (result === undefined || ours === undefined || theirs === undefined) return undefined;
  const { memory, memoryGrowth } = ratiosOf(result);
  const busy = ours.busyAnswers + theirs.busyAnswers;
  return {
    value: memory,
    notes: [
      `peaks of ${ours.peakPerByteInFlight.toFixed(2)} and ${theirs.peakPerByteInFlight.toFixed(2)} bytes for each in flight, of ${ours.looks} and ${theirs.looks} looks`,
      `above the idle sides: ${memoryGrowth.toFixed(2)}, ${ours.growthPerByteInFlight.toFixed(2)} and ${theirs.growthPerByteInFlight.toFixed(2)} bytes`,
    ],
    doubt:
      busy === 0
        ? undefined
        : `${ours.busyAnswers} and ${theirs.busyAnswers} answers were 503: less was in flight than the peaks are divided by`,
  };
}

function sealedShare(limits: Limits | undefined, size: "1mb" | "20mb"): Measured | undefined {
  const sealed = limits?.[`sealed_transfer_${size}`];
  const plain = limits?.[`nats_chunks_${size}`];
  if (sealed === undefined || plain === undefined) return undefined;
  return { value: sealed / plain, notes: [`${(sealed / MB).toFixed(0)} and ${(plain / MB).toFixed(0)} MB/s`] };
}

const MB = 1_000_000;
