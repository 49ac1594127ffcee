import type { PlannedRun, When } from "./plan/plan-run.ts";
import { addWrongs, noWrongs, type Wrongs } from "./truth/wrongs.ts";

interface MomentCount extends Wrongs {
  runs: number;
  reached: number;
}

/** What came of all runs so far. */
export class CrashReport {
  readonly seed: number;
  readonly wrongs: Wrongs = noWrongs();
  readonly byMoment = new Map<string, MomentCount>();
  /** The runs after which something was wrong, to be gone again by seed and number. */
  readonly wrongRuns = new Set<number>();
  /** How many documents each control was caught with. */
  readonly controls = new Map<string, number>();
  runs = 0;
  kills = 0;
  pauses = 0;
  documents = 0;
  residueHits = 0;

  constructor(seed: number) {
    this.seed = seed;
  }

  /** A run whose mails have ended. */
  add(run: PlannedRun, { reached, documents, wrongs }: { reached: boolean; documents: number; wrongs: Wrongs }): void {
    this.runs += 1;
    this.documents += documents;
    if (run.pauseMs === undefined) this.kills += run.victims.length;
    else this.pauses += run.victims.length;
    const count = this.#countOf(run);
    count.runs += 1;
    if (reached) count.reached += 1;
    this.addWrongs(run, wrongs);
  }

  /** What turned out to be wrong with a run, then or later. */
  addWrongs(run: PlannedRun, wrongs: Partial<Wrongs>): void {
    addWrongs(this.#countOf(run), wrongs);
    addWrongs(this.wrongs, wrongs);
    if (Object.values(wrongs).some((number) => number > 0)) this.wrongRuns.add(run.number);
  }

  #countOf({ when }: PlannedRun): MomentCount {
    const name = nameOf(when);
    const count = this.byMoment.get(name) ?? { runs: 0, reached: 0, ...noWrongs() };
    this.byMoment.set(name, count);
    return count;
  }

  /** Why this proves nothing, or that something is wrong; none when all is as it should be. */
  failures(): string[] {
    const failures = Object.entries({ ...this.wrongs, residue_hits: this.residueHits })
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${name}: ${count}`);
    for (const [name, { runs, reached }] of this.byMoment)
      if (reached === 0) failures.push(`none of ${runs} run(s) reached: ${name}`);
    if (this.wrongRuns.size > 0)
      failures.push(`runs to look at, with --seed ${this.seed}: ${[...this.wrongRuns].join(", ")}`);
    for (const [name, caught] of this.controls) if (caught === 0) failures.push(`not caught: the control ${name}`);
    return failures;
  }

  json(): unknown {
    const { runs, kills, pauses, documents, wrongs, residueHits, seed } = this;
    return {
      runs,
      kills,
      pauses,
      documents,
      ...wrongs,
      residue_hits: residueHits,
      seed,
      moments: Object.fromEntries(this.byMoment),
      wrong_runs: [...this.wrongRuns],
      controls: Object.fromEntries(this.controls),
      failures: this.failures(),
    };
  }

  /** A table by moment, and the sums. */
  lines(): string[] {
    const columns = Object.keys(noWrongs()) as (keyof Wrongs)[];
    const row = (name: string, cells: readonly (string | number)[]) =>
      name.padEnd(NAME_WIDTH) + cells.map((cell) => String(cell).padStart(CELL_WIDTH)).join("");
    return [
      row("moment", ["runs", "reached", "lost", "doubled", "answered", "missing", "double"]),
      ...[...this.byMoment].map(([name, count]) =>
        row(name, [count.runs, count.reached, ...columns.map((column) => count[column])]),
      ),
      `${this.runs} runs, ${this.kills} kills, ${this.pauses} pauses, ${this.documents} documents, residue ${this.residueHits}, seed ${this.seed}`,
      ...[...this.controls].map(([name, caught]) => `control ${name}: caught with ${caught} document(s)`),
    ];
  }
}

const NAME_WIDTH = 38;
const CELL_WIDTH = 10;

function nameOf(when: When): string {
  return when.kind === "moment" ? when.name : NAMES[when.kind];
}

const NAMES = { receiving: "the mail is arriving", pushed: "pushed, not answered", any_time: "at any time" } as const;
