import type { Control } from "./controls/controls.ts";
import type { Finding, RangeResult, Unrepeated } from "./run/run-target.ts";
import type { Target } from "./target.ts";

interface TargetCount {
  readonly target: Target;
  /** That were to be given, and that were. */
  planned: number;
  inputs: number;
  accepted: number;
  findings: number;
  longestMs: number;
  processorMs: number;
}

/** What came of all inputs. */
export class FuzzReport {
  readonly seed: number;
  readonly byTarget = new Map<string, TargetCount>();
  readonly findings: Finding[] = [];
  readonly unrepeated: Unrepeated[] = [];
  readonly controls: { readonly control: Control; readonly found: boolean }[] = [];
  repetitions = 0;

  constructor(seed: number) {
    this.seed = seed;
  }

  get inputs(): number {
    return [...this.byTarget.values()].reduce((sum, { inputs }) => sum + inputs, 0);
  }

  add(target: Target, planned: number, result: RangeResult): void {
    const none = { target, planned: 0, inputs: 0, accepted: 0, findings: 0, longestMs: 0, processorMs: 0 };
    const count = this.byTarget.get(target.name) ?? none;
    this.byTarget.set(target.name, count);
    count.planned += planned;
    count.inputs += result.given;
    count.accepted += result.accepted;
    count.findings += result.findings.length;
    count.longestMs = Math.max(count.longestMs, result.longestMs);
    count.processorMs += result.processorMs;
    this.findings.push(...result.findings);
    this.unrepeated.push(...result.unrepeated);
    this.repetitions += result.repetitions;
  }

  /** Why this proves nothing, or that something is wrong; none when all is as it should be. */
  failures(): string[] {
    const found = this.findings.map(
      ({ target, fault, number }) =>
        `${target}${number === undefined ? "" : ` #${number}`}: ${fault.kind}, ${fault.what}`,
    );
    const missed = this.controls.filter(({ found }) => !found).map(({ control }) => `not found: ${wordsOf(control)}`);
    if (this.inputs === 0) missed.push("no input was given");
    for (const { target, planned, inputs, accepted } of this.byTarget.values()) {
      if (inputs < planned) missed.push(`${target.name}: ${planned - inputs} inputs were not given`);
      if (accepted < ((inputs - REFUSED_BY_CHANCE) * MIN_ACCEPTED_PERCENT) / 100)
        missed.push(
          `${target.name}: ${accepted} of ${inputs} inputs were accepted: too little behind the door was looked at`,
        );
    }
    return [...found, ...missed];
  }

  json(): unknown {
    return {
      inputs: this.inputs,
      seed: this.seed,
      targets: [...this.byTarget.values()].map(({ target, inputs, accepted, findings, longestMs, processorMs }) => ({
        name: target.name,
        runs: target.runs,
        inputs,
        accepted,
        refused: inputs - accepted,
        findings,
        longest_ms: Math.round(longestMs),
        processor_s: Math.round(processorMs / 1_000),
      })),
      findings: this.findings.map(({ target, fault, number, input }, index) => ({
        target,
        kind: fault.kind,
        what: fault.what,
        number: number ?? null,
        input_bytes: input?.length ?? null,
        file: input === undefined ? null : fileNameOf(index, target, fault.kind),
      })),
      unrepeated: this.unrepeated.map(({ target, number, ms, isLookedAt }) => ({
        target,
        number,
        ms: Math.round(ms),
        looked_at: isLookedAt,
      })),
      controls: this.controls.map(({ control, found }) => ({ kind: control.kind, target: control.target, found })),
      failures: this.failures(),
    };
  }

  /** What the machine was, as far as it was looked at: a line for each target. */
  #slowOnce(): string[] {
    return [...this.byTarget.keys()].flatMap((name) => {
      const slow = this.unrepeated.filter(({ target }) => target === name).toSorted((a, b) => b.ms - a.ms);
      const named = slow.slice(0, MAX_SLOW_NAMED).map(({ number, ms }) => `#${number} ${Math.round(ms)} ms`);
      const lookedAt = slow.filter(({ isLookedAt }) => isLookedAt).length;
      if (slow.length === 0) return [];
      return `slow once: ${slow.length} of ${name} (${named.join(", ")}); ${lookedAt} looked at again, none slow`;
    });
  }

  /** A table by target, and the sums. */
  lines(): string[] {
    const row = (name: string, cells: readonly (string | number)[]) =>
      name.padEnd(NAME_WIDTH) + cells.map((cell) => String(cell).padStart(CELL_WIDTH)).join("");
    return [
      row("target", ["inputs", "accepted", "findings", "longest ms", "cpu s"]),
      ...[...this.byTarget.values()].map(({ target, inputs, accepted, findings, longestMs, processorMs }) =>
        row(target.name, [inputs, accepted, findings, Math.round(longestMs), Math.round(processorMs / 1_000)]),
      ),
      `${this.inputs} inputs, ${this.findings.length} findings (${this.repetitions} inputs more did the same), seed ${this.seed}`,
      ...this.#slowOnce(),
      ...this.controls.map(({ control, found }) => `control ${wordsOf(control)}: ${found ? "found" : "NOT FOUND"}`),
    ];
  }
}

/** So many inputs may be refused one after the other where all is well. */
const REFUSED_BY_CHANCE = 75;
/** Half of what the door that opens least is measured at. Three of a hundred inputs are seeds as they are. */
const MIN_ACCEPTED_PERCENT = 4;
const MAX_SLOW_NAMED = 5;
const NAME_WIDTH = 20;
const CELL_WIDTH = 12;

function wordsOf({ kind, what, target }: Control): string {
  return `${kind} in ${target}${what === undefined ? "" : ` (${what})`}`;
}

/** Where a finding's input lies, below the folder of findings of this run. */
export function fileNameOf(index: number, target: string, kind: string): string {
  return `${index}-${target}-${kind}`;
}
