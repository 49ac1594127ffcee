import type { Findings } from "../../prove/search/findings.ts";
import type { Searcher } from "../../prove/search/searcher.ts";
import type { CrashSystem } from "../system/crash-system.ts";

/** How long after its end nothing of a mail may be left, on a machine that has more to do than it can. */
const AFTER_END_MS = 5_000;

/** What looks at memory, and at files, have come to. */
export interface Residue {
  looks: number;
  /** Canaries of mails that have ended, and any in the broker, the database or a file. */
  hits: number;
  /** Canaries of mails under way, where they may be: a search that never meets one would find nothing anywhere. */
  underWay: number;
  /** Memory and files that could not be searched. */
  readonly skipped: string[];
}

export const noResidue = (): Residue => ({ looks: 0, hits: 0, underWay: 0, skipped: [] });

/** Searches memory and files for what runs have left behind whose mails have ended. */
export class ResidueWatch {
  readonly #searcher: Pick<Searcher, "search">;
  readonly #endedAt = new Map<number, number>();
  readonly #wentOnAt = new Map<number, number>();

  /** The canaries that `searcher` looks for name their run as their path. */
  constructor(searcher: Pick<Searcher, "search">) {
    this.#searcher = searcher;
  }

  /** Every mail of the run has left the sender's queue. */
  ended(run: number): void {
    this.#endedAt.set(run, performance.now());
  }

  /** The process was stopped, and what it held may have ended elsewhere since: it has as long from now to let go of that. */
  wentOn(pid: number): void {
    this.#wentOnAt.set(pid, performance.now());
  }

  /** Looks at processes of services while mails are under way: what of them is killed next can be looked at never again. */
  async lookAtServices(pids: readonly number[]): Promise<Residue> {
    const endedBefore = performance.now() - AFTER_END_MS;
    const hasEnded = (pid: number, run: number | undefined) =>
      run !== undefined &&
      (this.#endedAt.get(run) ?? Number.POSITIVE_INFINITY) < endedBefore &&
      (this.#wentOnAt.get(pid) ?? Number.NEGATIVE_INFINITY) < endedBefore;
    return this.#look(pids, hasEnded);
  }

  /** Looks at all processes and files when nothing has been under way for as long as a mail may leave something. */
  async lookAtAll(system: Pick<CrashSystem, "servicePids" | "serverPids" | "files">): Promise<Residue> {
    const residue = await this.#look([...system.servicePids(), ...system.serverPids()], () => true);
    return addResidue(
      residue,
      residueIn(await this.#searcher.search({ files: system.files }), () => true),
    );
  }

  async #look(pids: readonly number[], hasEnded: (pid: number, run: number | undefined) => boolean): Promise<Residue> {
    const residue = noResidue();
    const looks = pids.map(async (pid) => {
      const findings = await this.#searcher.search({ pid });
      addResidue(
        residue,
        residueIn(findings, (run) => hasEnded(pid, run)),
      );
    });
    await Promise.all(looks);
    return residue;
  }
}

export function addResidue(sum: Residue, more: Residue): Residue {
  for (const name of ["looks", "hits", "underWay"] as const) sum[name] += more[name];
  sum.skipped.push(...more.skipped);
  return sum;
}

function residueIn({ hitsByPath, skipped }: Findings, hasEnded: (run: number | undefined) => boolean): Residue {
  const residue = { ...noResidue(), looks: 1, skipped: [...skipped] };
  for (const [run, hits] of hitsByPath) residue[hasEnded(run) ? "hits" : "underWay"] += hits;
  return residue;
}
