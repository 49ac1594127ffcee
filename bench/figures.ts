import { bytesInFlight, type Case } from "./cases.ts";
import type { ProcessorTimes } from "./measure/processor-times.ts";
import { median, percentile, percentileWithin } from "./measure/statistics.ts";
import type { TimedRound, WatchedRound } from "./run-round.ts";

/** One case on one side: medians over its rounds, but for what few mails cannot say. */
export interface Figures {
  readonly mailsPerSecond: number;
  readonly p50Ms: number;
  /** Of the mails of all rounds together. Undefined when these are so few that it would be the slowest of them. */
  readonly p95Ms: number | undefined;
  readonly p99Ms: number | undefined;
  /** Undefined when the processes are somebody else's. */
  readonly processor: ProcessorFigures | undefined;
  readonly memory: MemoryFigures | undefined;
  /** Answered in all timed rounds. */
  readonly mails: number;
  /** Those of them whose time was counted. */
  readonly timedMails: number;
  /** Answers 503 in all timed rounds. */
  readonly busyAnswers: number;
  /** Timed rounds behind which the side did not come to rest: work of theirs fell into the next. */
  readonly unsettledRounds: number;
  /** Of each timed round, in the order in which they were run. */
  readonly byRound: readonly { readonly mailsPerSecond: number; readonly p50Ms: number }[];
}

interface ProcessorFigures {
  readonly secondsPerMail: number;
  readonly secondsPerMailByName: ProcessorTimes;
}

interface MemoryFigures {
  readonly peakBytes: number;
  /** Once, before the first case. */
  readonly idleBytes: number;
  /** For each byte of documents that was sent at once. */
  readonly peakPerByteInFlight: number;
  /** The same of what the peak is above the idle side. */
  readonly growthPerByteInFlight: number;
  /** In all watched rounds. */
  readonly looks: number;
  readonly lookingShare: number;
  /** Answers 503 in all watched rounds: with any, less was in flight than the peak is divided by. */
  readonly busyAnswers: number;
}

/** Throws when no round was timed. */
export function figuresOf(
  it: Case,
  timed: readonly TimedRound[],
  watched: readonly WatchedRound[],
  idleBytes: number,
): Figures {
  const byRound = timed.map(({ mails, durationMs, latenciesMs }) => ({
    mailsPerSecond: mails / (durationMs / 1_000),
    p50Ms: percentile(latenciesMs, 0.5),
  }));
  const latenciesMs = timed.flatMap((round) => round.latenciesMs);
  return {
    mailsPerSecond: median(byRound.map(({ mailsPerSecond }) => mailsPerSecond)),
    p50Ms: median(byRound.map(({ p50Ms }) => p50Ms)),
    p95Ms: percentileWithin(latenciesMs, 0.95),
    p99Ms: percentileWithin(latenciesMs, 0.99),
    processor: processorFigures(timed),
    memory: watched.length === 0 ? undefined : memoryFigures(it, watched, idleBytes),
    mails: sum(timed.map(({ mails }) => mails)),
    timedMails: latenciesMs.length,
    busyAnswers: sum(timed.map(({ busyAnswers }) => busyAnswers)),
    unsettledRounds: timed.filter(({ settled }) => !settled).length,
    byRound,
  };
}

function processorFigures(timed: readonly TimedRound[]): ProcessorFigures | undefined {
  const perMail = timed.flatMap(({ processor, mails }) =>
    processor === undefined
      ? []
      : [Object.fromEntries(Object.entries(processor).map(([name, seconds]) => [name, seconds / mails]))],
  );
  const [first] = perMail;
  if (first === undefined) return undefined;
  return {
    secondsPerMail: median(perMail.map((round) => sum(Object.values(round)))),
    secondsPerMailByName: Object.fromEntries(
      Object.keys(first).map((name) => [name, median(perMail.map((round) => round[name] ?? 0))]),
    ),
  };
}

function memoryFigures(it: Case, watched: readonly WatchedRound[], idleBytes: number): MemoryFigures {
  const peakBytes = median(watched.map((round) => round.peakBytes));
  return {
    peakBytes,
    idleBytes,
    peakPerByteInFlight: peakBytes / bytesInFlight(it),
    growthPerByteInFlight: (peakBytes - idleBytes) / bytesInFlight(it),
    looks: sum(watched.map(({ looks }) => looks)),
    lookingShare: median(watched.map(({ lookingShare }) => lookingShare)),
    busyAnswers: sum(watched.map(({ busyAnswers }) => busyAnswers)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
