import type { Case, Pace } from "./cases.ts";
import { MailBody } from "./load/mail-body.ts";
import { type Load, type LoadResult, runLoad } from "./load/run-load.ts";
import { MemoryWatch, memoryOf, type WatchedMemory } from "./measure/memory-watch.ts";
import { usedSeconds } from "./measure/process-usage.ts";
import { type ProcessorTimes, processorTimes, timesBetween } from "./measure/processor-times.ts";
import { settle } from "./measure/settle.ts";
import type { Side } from "./sides/side.ts";

/** One, whose time is not counted, and those that are. */
const TIMED_MAILS_PER_LANE = 2;
/** Memory is at its peak when every lane holds a document, which is from the first mail on. */
const WATCHED_MAILS_PER_LANE = 1;
/** What a side is warmed with before its idle memory is taken: small mails, one after the other. */
const FIRST_MAILS: Case = { sizeMb: 0.1, documentBytes: 100_000, concurrency: 1, modelDelayMs: 0 };

/** A round in which time is measured, and nothing that takes any. */
export interface TimedRound extends LoadResult {
  /**
   * From the first mail until the side has settled: what it does behind its answers belongs to them. Undefined when the
   * processes are somebody else's.
   */
  readonly processor: ProcessorTimes | undefined;
  /** False when the side still worked when it was given up. */
  readonly settled: boolean;
}

/** Returns when the side has settled, so that it does not slow the one whose round comes next. */
export async function timeRound(side: Side, it: Case, { timedMs, restMs }: Pace): Promise<TimedRound> {
  const body = new MailBody(side.recipient, it.documentBytes);
  const before = processorTimes(side);
  const load = await deliverAll(side, body, {
    concurrency: it.concurrency,
    leastMs: timedMs,
    mailsPerLane: TIMED_MAILS_PER_LANE,
  });
  const settled = await settle(() => usedSeconds(pidsOf(side)), restMs);
  const after = processorTimes(side);
  return { ...load, processor: before && after && timesBetween(before, after), settled };
}

/** A round in which memory is watched. That slows the side, so its times are not taken. */
export interface WatchedRound extends WatchedMemory {
  /** Answers 503: for so many mails there was less in flight than was sent. */
  readonly busyAnswers: number;
}

/** Undefined when the processes are somebody else's. Returns when the side has settled. */
export async function watchRound(side: Side, it: Case, { watchedMs, restMs }: Pace): Promise<WatchedRound | undefined> {
  if (pidsOf(side).length === 0) return undefined;
  const body = new MailBody(side.recipient, it.documentBytes);
  await using watch = await MemoryWatch.start(side);
  const { busyAnswers } = await deliverAll(side, body, {
    concurrency: it.concurrency,
    leastMs: watchedMs,
    mailsPerLane: WATCHED_MAILS_PER_LANE,
  });
  const memory = await watch.read();
  await settle(() => usedSeconds(pidsOf(side)), restMs);
  return { ...memory, busyAnswers };
}

/** Code runs faster when it has run, and memory is there when it was there. Returns when the side has settled. */
export async function warm(
  side: Side,
  { documentBytes, concurrency }: Case,
  { warmingMs, restMs }: Pace,
): Promise<void> {
  await deliverAll(side, new MailBody(side.recipient, documentBytes), {
    concurrency,
    leastMs: warmingMs,
    mailsPerLane: 1,
  });
  await settle(() => usedSeconds(pidsOf(side)), restMs);
}

/**
 * What a side has when it waits, bytes: taken once, when it has started, answered a few small mails and settled, and not before
 * each round, when garbage of the one before would pass as idle.
 */
export async function idleMemory(side: Side, pace: Pace): Promise<number> {
  await warm(side, FIRST_MAILS, pace);
  return memoryOf(side);
}

/** Every mail answered 200 was pushed: 200 is also how a side says that there was nothing to push, which costs it less. */
async function deliverAll(side: Side, body: MailBody, load: Load): Promise<LoadResult> {
  const before = await side.pushed?.();
  const result = await runLoad(side, body, load);
  const after = await side.pushed?.();
  if (before !== undefined && after !== undefined && after - before < result.mails)
    throw new Error(`${side.name} answered 200 to ${result.mails} mails and pushed ${after - before}`);
  return result;
}

function pidsOf(side: Side): readonly number[] {
  return Object.values(side.processes()).flat();
}
