import type { Control } from "./controls/controls.ts";
import type { Finding, RangeResult } from "./run/run-target.ts";
import type { Target } from "./target.ts";

interface TargetCount {
  readonly target: Target;
  inputs: number;
  findings: number;
  longestMs: number;
  processorMs: number;
}

/** What came of all inputs. */
export class FuzzReport {
  readonly seed: number;
  readonly byTarget = new Map<string, TargetCount>();
  readonly findings: Finding[] = [];
  readonly controls: { readonly control: Control; readonly found: boolean }[] = [];
  repetitions = 0;

  constructor(seed: number) {
    this.seed = seed;
  }

  get inputs(): number {
    return [...this.byTarget.values()].reduce((sum, { inputs }) => sum + inputs, 0);
  }

  add(target: Target, inputs: number, { findings, repetitions, longestMs, processorMs }: RangeResult): void {
    const none = { target, inputs: 0, findings: 0, longestMs: 0, processorMs: 0 };
    const count = this.byTarget.get(target.name) ?? none;
    this.byTarget.set(target.name, count);
    count.inputs += inputs;
    count.findings += findings.length;
    count.longestMs = Math.max(count.longestMs, longestMs);
    count.processorMs += processorMs;
    this.findings.push(...findings);
    this.repetitions += repetitions;
  }

  /** Why this proves nothing, or that something is wrong; none when all is as it should be. */
  failures(): string[] {
    const found = this.findings.map(
      ({ target, fault, number }) =>
        `${target}${number === undefined ? "" : ` #${number}`}: ${fault.kind}, ${fault.what}`,
    );
    const missed = this.controls
      .filter(({ found }) => !found)
      .map(({ control }) => `not found: the planted ${control.kind}`);
    if (this.inputs === 0) missed.push("no input was given");
    return [...found, ...missed];
  }

  json(): unknown {
    return {
      inputs: this.inputs,
      seed: this.seed,
      targets: [...this.byTarget.values()].map(({ target, inputs, findings, longestMs, processorMs }) => ({
        name: target.name,
        runs: target.runs,
        inputs,
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
      controls: this.controls.map(({ control, found }) => ({ kind: control.kind, found })),
      failures: this.failures(),
    };
  }

  /** A table by target, and the sums. */
  lines(): string[] {
    const row = (name: string, cells: readonly (string | number)[]) =>
      name.padEnd(NAME_WIDTH) + cells.map((cell) => String(cell).padStart(CELL_WIDTH)).join("");
    return [
      row("target", ["inputs", "findings", "longest ms", "cpu s"]),
      ...[...this.byTarget.values()].map(({ target, inputs, findings, longestMs, processorMs }) =>
        row(target.name, [inputs, findings, Math.round(longestMs), Math.round(processorMs / 1_000)]),
      ),
      `${this.inputs} inputs, ${this.findings.length} findings (${this.repetitions} inputs more did the same), seed ${this.seed}`,
      ...this.controls.map(({ control, found }) => `control ${control.kind}: ${found ? "found" : "NOT FOUND"}`),
    ];
  }
}

const NAME_WIDTH = 20;
const CELL_WIDTH = 12;

/** Where a finding's input lies, below the folder of findings of this run. */
export function fileNameOf(index: number, target: string, kind: string): string {
  return `${index}-${target}-${kind}`;
}
