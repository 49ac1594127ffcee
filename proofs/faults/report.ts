import type { SeenCell } from "./seen.ts";
import { DEPENDENCIES, type Dependency, type Fault } from "./table/cell.ts";

/** One cell and what came of it. */
export interface JudgedCell {
  readonly dependency: Dependency;
  readonly fault: Fault;
  /** Undefined when nothing could be seen; `deviations` says why. */
  readonly seen: SeenCell | undefined;
  /** What is not as stated; none when the cell holds. */
  readonly deviations: readonly string[];
}

/** A cell that was not gone through, and why: there is nothing to state of it, or this machine cannot have it fail. */
export interface OmittedCell {
  readonly dependency: Dependency;
  readonly fault: Fault;
  readonly because: string;
}

const NAME_WIDTH = 34;
const CELL_WIDTH = 10;

/** What came of all cells. */
export class FaultReport {
  readonly cells: JudgedCell[] = [];
  readonly noSuchCells: OmittedCell[] = [];
  readonly omitted: OmittedCell[] = [];
  /** Lines in which content was found. */
  contentHits = 0;

  failures(): string[] {
    const failures = this.cells.flatMap(({ dependency, fault, deviations }) =>
      deviations.map((deviation) => `${DEPENDENCIES[dependency]}, ${fault}: ${deviation}`),
    );
    if (this.contentHits > 0) failures.push(`content in ${this.contentHits} place(s) of logs, messages and telemetry`);
    if (this.cells.length === 0) failures.push("no cell was gone through");
    return failures;
  }

  /**
   * 0 when every cell that was asked for is as stated, 1 when one is not. 2 when none is but some were left out of a `whole`
   * run: of those this machine proves nothing. Whoever names cells is told of them, and asks for no proof of the rest.
   */
  exitCode({ whole }: { readonly whole: boolean }): 0 | 1 | 2 {
    if (this.failures().length > 0) return 1;
    return whole && this.omitted.length > 0 ? 2 : 0;
  }

  /** What came of all of it, in a line or more: a cell that was not gone through is never counted as one that holds. */
  verdict(): string[] {
    const failures = this.failures();
    const asStated = this.cells.filter(({ deviations }) => deviations.length === 0).length;
    const reasons = [...new Set(this.omitted.map(({ because }) => because))].join("; ");
    return [
      ...(failures.length === 0 ? [] : ["Not so:", ...failures.map((failure) => `  ${failure}`)]),
      `Cells as stated: ${asStated} of ${this.cells.length}. No such cell: ${this.noSuchCells.length}. Not gone through: ${this.omitted.length}${reasons === "" ? "" : ` (${reasons})`}.`,
    ];
  }

  json(): unknown {
    return {
      cells: this.cells.map(({ dependency, fault, seen, deviations }) => ({
        dependency,
        fault,
        answer: seen?.answer ?? null,
        met: seen?.met ?? null,
        mails: seen === undefined ? null : 1 + seen.others.length,
        events: seen?.document.events.map(({ type, code }) => (code === null ? type : `${type} ${code}`)) ?? [],
        not_ready: [...(seen?.notReady ?? [])],
        recovered_ms: seen?.recoveredMs ?? null,
        recorded_ms: seen?.recordedMs ?? null,
        holds: deviations.length === 0,
        deviations,
      })),
      no_such_cells: this.noSuchCells,
      omitted: this.omitted,
      content_hits: this.contentHits,
      failures: this.failures(),
    };
  }

  lines(): string[] {
    return [
      lineOf("cell", "answer", "well s", "on record", "holds"),
      ...this.cells.map(({ dependency, fault, seen, deviations }) =>
        lineOf(
          `${DEPENDENCIES[dependency]}, ${fault}`,
          String(seen?.answer ?? "–"),
          secondsOf(seen?.recoveredMs),
          secondsOf(seen?.recordedMs),
          deviations.length === 0 ? "yes" : "no",
        ),
      ),
      `${this.cells.length} cells gone through, content in ${this.contentHits} place(s)`,
    ];
  }
}

function secondsOf(milliseconds: number | undefined): string {
  return milliseconds === undefined ? "–" : (milliseconds / 1_000).toFixed(1);
}

function lineOf(name: string, ...cells: readonly string[]): string {
  return name.padEnd(NAME_WIDTH) + cells.map((cell) => cell.padStart(CELL_WIDTH)).join("");
}
