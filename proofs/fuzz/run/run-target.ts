import { DEFAULT_LIMIT_MS, type Target } from "../target.ts";
import { FuzzProcess, type RangeBroken } from "./fuzz-process.ts";
import { findCulprit, isSlowWhenNew, repeatsAmongOthers, shortest } from "./look-again.ts";
import { type Opening, reasonOf, type Saying, type SeenFault } from "./messages.ts";

/** A process that says nothing for as long as an input may take, and this much longer, hangs. */
const SILENCE_FACTOR = 10;
/** Of what is slow in one range, so many are looked at again: a machine that is too busy would be slow for all of them. */
const MAX_SLOW_LOOKS = 5;

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

/** An input that was slow once, and was not when it was given again to the same process. */
export interface Unrepeated {
  readonly target: string;
  readonly number: number;
  readonly ms: number;
  /** Whether other processes were given it, too, and none was slow. */
  readonly isLookedAt: boolean;
}

export interface RangeResult {
  /** How many inputs were given, those that ended their process included. */
  readonly given: number;
  readonly accepted: number;
  readonly findings: readonly Finding[];
  /** How many inputs did the same as one of the findings. */
  readonly repetitions: number;
  readonly unrepeated: readonly Unrepeated[];
  readonly longestMs: number;
  readonly processorMs: number;
}

export interface RunOptions {
  readonly opening: Omit<Opening, "target">;
  onInput?(): void;
  /** What is looked for: when it is seen, the range is over, and no input is made short. */
  seek?(fault: SeenFault): boolean;
  /** Default: longer than any input may take, three times in a row. */
  readonly silenceMs?: number;
}

/** A fault, where it showed. */
interface Seen {
  readonly fault: SeenFault;
  readonly number: number | undefined;
  /** The first number that the same process was given. */
  readonly from: number;
}

/** Goes through a range, with one process after the other if inputs end them, and makes each finding short. */
export async function runRange(range: Range, options: RunOptions): Promise<RangeResult> {
  const running = new RangeRun(range, options);
  await running.giveAll();
  return running.result();
}

class RangeRun {
  readonly #range: Range;
  readonly #options: RunOptions;
  readonly #opening: Opening;
  readonly #silenceMs: number;
  readonly #limitMs: number;
  /** By reason; of what is slow, all. */
  readonly #seen = new Map<string, Seen[]>();
  /** Inputs that were slow the first time, and not when they were given again to the same process. */
  readonly #slowOnce: { readonly number: number; readonly ms: number }[] = [];
  readonly #unrepeated: Unrepeated[] = [];
  #isSought = false;
  #given = 0;
  #accepted = 0;
  #repetitions = 0;
  #longestMs = 0;
  #processorMs = 0;

  constructor(range: Range, options: RunOptions) {
    this.#range = range;
    this.#options = options;
    this.#opening = { ...options.opening, target: range.target.name };
    this.#limitMs = range.target.limitMs ?? DEFAULT_LIMIT_MS;
    this.#silenceMs = options.silenceMs ?? this.#limitMs * SILENCE_FACTOR;
  }

  async giveAll(): Promise<void> {
    const { seed, until } = this.#range;
    for (let from = this.#range.from; from < until && !this.#isSought; ) {
      await using running = await FuzzProcess.start(this.#opening, this.#silenceMs);
      const begunAt = from;
      const outcome = await running.run({ seed, from, until }, (done) => {
        this.#take(done, begunAt);
        if (this.#isSought) running.kill();
      });
      if (outcome.kind === "over") {
        for (const fault of outcome.faults) this.#note({ fault, number: undefined, from });
        this.#processorMs += outcome.processorMs;
        return;
      }
      this.#given += outcome.underWay.length;
      for (const _ of outcome.underWay) this.#options.onInput?.();
      if (!this.#isSought) await this.#blame(outcome, from);
      from = outcome.next;
    }
  }

  async result(): Promise<RangeResult> {
    const findings: Finding[] = [];
    for (const all of this.#seen.values()) {
      const found = await this.#findingOf(all);
      if (found !== undefined) findings.push(found);
    }
    findings.push(...(await this.#slowWhenNew()));
    return {
      given: this.#given,
      accepted: this.#accepted,
      findings,
      repetitions: this.#repetitions,
      unrepeated: this.#unrepeated,
      longestMs: this.#longestMs,
      processorMs: this.#processorMs,
    };
  }

  #take({ number, ms, firstMs, accepted, fault }: Extract<Saying, { say: "done" }>, from: number): void {
    this.#given += 1;
    if (accepted) this.#accepted += 1;
    this.#longestMs = Math.max(this.#longestMs, ms);
    if (fault !== undefined) this.#note({ fault, number, from });
    else if (firstMs > this.#limitMs) this.#slowOnce.push({ number, ms: firstMs });
    this.#options.onInput?.();
  }

  #note(seen: Seen): void {
    const reason = reasonOf(seen.fault);
    const same = this.#seen.get(reason);
    if (same === undefined) this.#seen.set(reason, [seen]);
    else {
      this.#repetitions += 1;
      if (seen.fault.kind === "hang" && same.length < MAX_SLOW_LOOKS) same.push(seen);
    }
    this.#isSought ||= this.#options.seek?.(seen.fault) ?? false;
  }

  /** Which input ended the process, or silenced it: one alone, or all that it was given. */
  async #blame(broken: RangeBroken, from: number): Promise<void> {
    const { seed } = this.#range;
    const culprit = await findCulprit(this.#opening, this.#silenceMs, seed, broken);
    const [first] = broken.underWay;
    if (culprit !== undefined) this.#note({ ...culprit, from });
    else if (broken.kind === "ended") {
      const fault = { kind: "crash", what: "the process ended", detail: broken.detail } as const;
      this.#note({ fault, number: first, from });
    } else {
      const again = { seed, from, until: broken.next };
      const repeats = await repeatsAmongOthers(this.#opening, this.#silenceMs, again, undefined);
      // Longer than any input may take, on a machine that did not stand still: what does not happen again has happened.
      const what = `the process fell silent at #${first ?? from}, and ${repeats ? "again" : "not again"} among the same inputs`;
      this.#note({ fault: { kind: "hang", what }, number: undefined, from });
    }
  }

  /** Undefined for what was slow once. */
  async #findingOf(all: readonly Seen[]): Promise<Finding | undefined> {
    const target = this.#range.target.name;
    for (const { fault, number, from } of all) {
      const isSought = this.#options.seek !== undefined;
      if (number === undefined || isSought) return { target, fault, number, input: undefined };
      const { seed, until } = this.#range;
      const input = await shortest(this.#opening, this.#silenceMs, { seed, number, fault });
      if (input !== undefined || fault.kind !== "hang") return { target, fault, number, input };
      const again = { seed, from, until: Math.min(until, number + this.#range.target.atOnce) };
      const repeats = await repeatsAmongOthers(this.#opening, this.#silenceMs, again, number);
      if (repeats) return { target, fault, number, input };
      this.#unrepeated.push({ target, number, ms: Number(/\d+/.exec(fault.what)?.[0] ?? 0), isLookedAt: true });
    }
    return undefined;
  }

  /** What was slow until its process knew it: a second post of the same mail is a duplicate, and quick. */
  async #slowWhenNew(): Promise<readonly Finding[]> {
    const target = this.#range.target.name;
    const { seed } = this.#range;
    const findings: Finding[] = [];
    if (this.#isSought) return findings;
    const slowestFirst = this.#slowOnce.toSorted((a, b) => b.ms - a.ms);
    for (const [index, { number, ms }] of slowestFirst.entries()) {
      const isLookedAt = index < MAX_SLOW_LOOKS && findings.length === 0;
      const input = isLookedAt
        ? await isSlowWhenNew(this.#opening, this.#silenceMs, { seed, number, limitMs: this.#limitMs })
        : undefined;
      if (input === undefined) this.#unrepeated.push({ target, number, ms, isLookedAt });
      else
        findings.push({ target, fault: { kind: "hang", what: `took ${Math.round(ms)} ms when new` }, number, input });
    }
    return findings;
  }
}
