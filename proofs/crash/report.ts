import { isService, type PlannedRun, processName, VICTIMS, type Victim, type When } from "./plan/plan-run.ts";
import { addResidue, noResidue, type Residue } from "./truth/residue-watch.ts";
import { addWrongs, noWrongs, type Wrongs } from "./truth/wrongs.ts";

interface MomentCount extends Wrongs {
  runs: number;
  reached: number;
}

/** How often a process was struck. */
interface StrikeCount {
  kills: number;
  pauses: number;
}

/** What one run came to. */
export interface RunOutcome {
  /** Whether the moment came. */
  readonly reached: boolean;
  /** The names of the processes that it struck. */
  readonly struck: readonly string[];
  readonly documents: number;
  readonly wrongs: Wrongs;
  /** Documents that the ERP has and the record calls refused. */
  readonly bookedAndRefused: number;
}

/** A moment that comes less often than this, in so many of its runs, is not what was struck at. */
const LEAST_REACHED = 0.9;
/** So many runs must have struck every process. */
const TELLING_RUNS = 300;
/** So many looks at services must have met something that is under way. */
const TELLING_LOOKS = 50;

/** What came of all runs so far. */
export class CrashReport {
  readonly seed: number;
  readonly instances: number;
  /** How many runs there are to be. */
  readonly planned: number;
  readonly wrongs: Wrongs = noWrongs();
  readonly byMoment = new Map<string, MomentCount>();
  /** By the names of processes. */
  readonly strikes = new Map<string, StrikeCount>();
  /** The runs after which something was wrong, to be gone again by seed and number. */
  readonly wrongRuns = new Set<number>();
  /** How many documents each control was caught with. */
  readonly controls = new Map<string, number>();
  readonly residue: Residue = noResidue();
  /** Parts of which a process has ended though nobody has killed it. */
  readonly endedByThemselves: Victim[] = [];
  /** What is wrong with records as a whole. */
  readonly recordFaults: string[] = [];
  /** Why systems have not gone through their runs. */
  readonly brokeOff: string[] = [];
  runs = 0;
  documents = 0;
  bookedAndRefused = 0;

  constructor({ seed, instances, planned }: Pick<CrashReport, "seed" | "instances" | "planned">) {
    this.seed = seed;
    this.instances = instances;
    this.planned = planned;
  }

  /** A run whose mails have ended. */
  add(run: PlannedRun, { reached, struck, documents, wrongs, bookedAndRefused }: RunOutcome): void {
    this.runs += 1;
    this.documents += documents;
    this.bookedAndRefused += bookedAndRefused;
    for (const name of struck) {
      const count = this.strikes.get(name) ?? { kills: 0, pauses: 0 };
      count[run.pauseMs === undefined ? "kills" : "pauses"] += 1;
      this.strikes.set(name, count);
    }
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

  addResidue(residue: Residue): void {
    addResidue(this.residue, residue);
  }

  /** The names of all processes of a system. */
  #processes(): string[] {
    return VICTIMS.flatMap((victim) => {
      const count = isService(victim) ? this.instances : 1;
      return Array.from({ length: count }, (_, index) => processName(victim, index, count));
    });
  }

  #countOf({ when }: PlannedRun): MomentCount {
    const name = nameOf(when);
    const count = this.byMoment.get(name) ?? { runs: 0, reached: 0, ...noWrongs() };
    this.byMoment.set(name, count);
    return count;
  }

  /** Why this proves nothing, or that something is wrong; none when all is as it should be. */
  failures(): string[] {
    const { residue } = this;
    const failures = Object.entries({ ...this.wrongs, residue_hits: residue.hits })
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${name}: ${count}`);
    if (this.documents === 0) failures.push("no document was sent");
    if (this.runs < this.planned) failures.push(`${this.runs} of ${this.planned} runs were gone through`);
    failures.push(...this.brokeOff.map((reason) => `a system broke off: ${reason}`));
    failures.push(...new Set(this.recordFaults.map((fault) => `the record does not hold: ${fault}`)));
    for (const [name, { runs, reached }] of this.byMoment)
      if (reached < runs * LEAST_REACHED) failures.push(`${reached} of ${runs} run(s) reached: ${name}`);
    const spared = this.#processes().filter((name) => !this.strikes.has(name));
    if (this.runs >= TELLING_RUNS && spared.length > 0) failures.push(`never struck: ${spared.join(", ")}`);
    if (this.wrongRuns.size > 0)
      failures.push(`runs to look at, with --seed ${this.seed}: ${[...this.wrongRuns].join(", ")}`);
    if (this.endedByThemselves.length > 0)
      failures.push(`ended though nobody had killed it: ${this.endedByThemselves.join(", ")}`);
    if (residue.skipped.length > 0)
      failures.push(`memory or files that could not be searched: ${residue.skipped.join(", ")}`);
    if (residue.looks >= TELLING_LOOKS && residue.underWay === 0)
      failures.push("no look at memory has met a mail that was under way");
    for (const [name, caught] of this.controls) if (caught === 0) failures.push(`not caught: the control ${name}`);
    return failures;
  }

  get kills(): number {
    return [...this.strikes.values()].reduce((sum, { kills }) => sum + kills, 0);
  }

  get pauses(): number {
    return [...this.strikes.values()].reduce((sum, { pauses }) => sum + pauses, 0);
  }

  json(): unknown {
    const { runs, kills, pauses, documents, wrongs, residue, seed, instances } = this;
    return {
      runs,
      kills,
      pauses,
      documents,
      ...wrongs,
      residue_hits: residue.hits,
      seed,
      instances,
      booked_and_refused: this.bookedAndRefused,
      memory: { looks: residue.looks, hits_under_way: residue.underWay, skipped: residue.skipped.length },
      record_faults: this.recordFaults,
      ended_by_themselves: this.endedByThemselves,
      moments: Object.fromEntries(this.byMoment),
      struck: Object.fromEntries(this.strikes),
      wrong_runs: [...this.wrongRuns],
      controls: Object.fromEntries(this.controls),
      failures: this.failures(),
    };
  }

  /** A table by moment, one by process, and the sums. */
  lines(): string[] {
    const columns = Object.keys(noWrongs()) as (keyof Wrongs)[];
    const row = (name: string, cells: readonly (string | number)[]) =>
      name.padEnd(NAME_WIDTH) + cells.map((cell) => String(cell).padStart(CELL_WIDTH)).join("");
    const { residue } = this;
    return [
      row("moment", ["runs", "reached", "lost", "doubled", "answered", "early", "missing", "double"]),
      ...[...this.byMoment].map(([name, count]) =>
        row(name, [count.runs, count.reached, ...columns.map((column) => count[column])]),
      ),
      row("process", ["kills", "pauses"]),
      ...[...this.strikes].map(([name, { kills, pauses }]) => row(name, [kills, pauses])),
      `${this.runs} runs, ${this.kills} kills, ${this.pauses} pauses, ${this.documents} documents, seed ${this.seed}, ${this.instances} instance(s)`,
      `${residue.looks} looks at memory and files: ${residue.hits} left, ${residue.underWay} of mails under way`,
      `${this.bookedAndRefused} document(s) booked, read otherwise by the next attempt, and refused`,
      ...[...this.controls].map(([name, caught]) => `control ${name}: caught with ${caught} document(s)`),
    ];
  }
}

const NAME_WIDTH = 38;
const CELL_WIDTH = 10;

function nameOf(when: When): string {
  return when.kind === "moment" ? when.name : NAMES[when.kind];
}

const NAMES = { pushed: "pushed, not answered", any_time: "at any time" } as const;
