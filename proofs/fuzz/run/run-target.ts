import { DEFAULT_LIMIT_MS, type Target } from "../target.ts";
import { FuzzProcess, type Given, type RangeBroken } from "./fuzz-process.ts";
import type { Opening, Saying, SeenFault } from "./messages.ts";
import { minimise } from "./minimise.ts";

/** A process that says nothing for as long as an input may take, and this much longer, hangs. */
const SILENCE_FACTOR = 10;
/** Where each question needs a process of its own, that ended or has to be killed. */
const MAX_QUESTIONS_TO_PROCESSES = 30;
const MAX_QUESTIONS = 400;

/** Numbers of one target's inputs. */
export interface Range {
  readonly target: Target;
  readonly seed: number;
  readonly from: number;
  readonly until: number;
}

/** Something wrong, and with which input. */
export interface Finding {
  readonly target: string;
  readonly fault: SeenFault;
  /** Undefined for what shows only when many have been given. */
  readonly number: number | undefined;
  /** The shortest input that does it; undefined when none alone does. */
  readonly input: Buffer | undefined;
}

export interface RangeResult {
  readonly findings: readonly Finding[];
  /** How many inputs did the same as one of the findings. */
  readonly repetitions: number;
  readonly longestMs: number;
  readonly processorMs: number;
}

export interface RunOptions {
  readonly opening: Omit<Opening, "target">;
  onInput?(): void;
}

/** Goes through a range, with one process after the other if inputs end them, and makes each finding short. */
export async function runRange(range: Range, { opening, onInput }: RunOptions): Promise<RangeResult> {
  const { target, seed, until } = range;
  const asked = { ...opening, target: target.name };
  const silenceMs = silenceOf(target);
  const seen = new Map<string, { readonly fault: SeenFault; readonly number: number | undefined }>();
  let repetitions = 0;
  let longestMs = 0;
  let processorMs = 0;
  const note = (fault: SeenFault, number: number | undefined) => {
    const key = keyOf(fault);
    if (seen.has(key)) repetitions += 1;
    else seen.set(key, { fault, number });
  };
  const onDone = ({ number, ms, fault }: Extract<Saying, { say: "done" }>) => {
    longestMs = Math.max(longestMs, ms);
    if (fault !== undefined) note(fault, number);
    onInput?.();
  };
  for (let from = range.from; from < until; ) {
    await using running = await FuzzProcess.start(asked, silenceMs);
    const outcome = await running.run({ seed, from, until }, onDone);
    if (outcome.kind === "over") {
      for (const fault of outcome.faults) note(fault, undefined);
      processorMs += outcome.processorMs;
      break;
    }
    const culprit = await findCulprit(asked, silenceMs, seed, outcome);
    if (culprit !== undefined) note(culprit.fault, culprit.number);
    for (const _ of outcome.underWay) onInput?.();
    from = outcome.next;
  }
  const findings: Finding[] = [];
  for (const { fault, number } of seen.values()) {
    const input = number === undefined ? undefined : await shortest(asked, silenceMs, { seed, number, fault });
    // What is slow among others only, was kept waiting by the machine.
    if (fault.kind === "hang" && number !== undefined && input === undefined) continue;
    findings.push({ target: target.name, fault, number, input });
  }
  return { findings, repetitions, longestMs, processorMs };
}

/** Longer than any input may take, three times in a row. */
function silenceOf({ limitMs = DEFAULT_LIMIT_MS }: Target): number {
  return limitMs * SILENCE_FACTOR;
}

/** Faults with one key have one reason: of what is thrown, the place counts. */
function keyOf({ kind, what, detail = "" }: SeenFault): string {
  const place = /at .*/.exec(detail)?.[0] ?? "";
  return `${kind} ${what.replaceAll(/\d+(?:\.\d+)?/g, "n")} ${place}`;
}

/** Which of the inputs that were under way does it alone. A process that fell silent and does not again was only slow. */
export async function findCulprit(
  opening: Opening,
  silenceMs: number,
  seed: number,
  { kind, underWay, detail }: RangeBroken,
): Promise<{ readonly fault: SeenFault; readonly number: number | undefined } | undefined> {
  for (const number of underWay) {
    await using alone = await FuzzProcess.start(opening, silenceMs);
    const input = await alone.make(seed, number);
    if (input === undefined) continue;
    const { fault } = await alone.give(input);
    if (fault !== undefined) return { fault, number };
  }
  if (kind === "silent") return undefined;
  return { fault: { kind: "crash", what: "the process ended", detail }, number: underWay[0] };
}

async function shortest(
  opening: Opening,
  silenceMs: number,
  { seed, number, fault }: { readonly seed: number; readonly number: number; readonly fault: SeenFault },
): Promise<Buffer | undefined> {
  let current = await FuzzProcess.start(opening, silenceMs);
  try {
    const give = async (input: Buffer): Promise<Given> => {
      if (!current.alive) {
        await current[Symbol.asyncDispose]();
        current = await FuzzProcess.start(opening, silenceMs);
      }
      return current.give(input);
    };
    const doesIt = async (input: Buffer) => (await give(input)).fault?.kind === fault.kind;
    const input = await current.make(seed, number);
    if (input === undefined || !(await doesIt(input))) return undefined;
    const costsProcess = !current.alive || fault.kind === "hang";
    return await minimise(input, doesIt, costsProcess ? MAX_QUESTIONS_TO_PROCESSES : MAX_QUESTIONS);
  } finally {
    await current[Symbol.asyncDispose]();
  }
}
