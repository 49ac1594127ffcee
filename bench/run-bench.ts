import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNodeServer } from "@flowstate/local/servers/node-server.ts";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { type Case, SETTINGS } from "./cases.ts";
import { type Figures, mediansOf, runRound } from "./run-case.ts";
import { startFlowstate } from "./sides/flowstate.ts";
import { givenUrl } from "./sides/given-url.ts";
import { startPlain } from "./sides/plain.ts";
import type { Doubles, Side } from "./sides/side.ts";

export interface BenchOptions {
  readonly cases: readonly Case[];
  /** How often each case is run on each side, in turns. */
  readonly rounds: number;
  /** A third system, already running. */
  readonly other?: { readonly url: string; readonly apiKey: string; readonly recipient: string } | undefined;
  say(line: string): void;
}

export interface CaseResult {
  readonly case: Case;
  readonly flowstate: Figures;
  readonly plain: Figures;
  readonly other: Figures | undefined;
  /** Where Flowstate's time went in these rounds: the median of each stage, milliseconds. */
  readonly stages: Readonly<Record<string, number>>;
}

/** Both sides stand all the time; the one that is not asked does nothing. Rounds alternate, so that a slow minute is shared. */
export async function runBench({ cases, rounds, other, say }: BenchOptions): Promise<readonly CaseResult[]> {
  await using doubles = await startDoubles();
  await using flowstate = await startFlowstate(doubles, SETTINGS);
  await using plain = await startPlain(doubles);
  const sides = [flowstate, plain, ...(other === undefined ? [] : [givenUrl(other)])];
  const results: CaseResult[] = [];
  for (const it of cases) {
    await doubles.delayModel(it.modelDelayMs);
    for (const side of sides) await runRound(side, warming(it));
    const startedAt = new Date();
    const figures = new Map<Side, Figures[]>(sides.map((side) => [side, []]));
    for (let round = 0; round < rounds; round++) {
      // Whoever begins has the warmer machine: they take turns in that, too.
      const order = round % 2 === 0 ? sides : sides.toReversed();
      for (const side of order) figures.get(side)?.push(await runRound(side, it));
    }
    const of = (side: Side | undefined) => {
      const measured = side && figures.get(side);
      return measured && mediansOf(measured);
    };
    const ours = of(flowstate);
    const theirs = of(plain);
    if (ours === undefined || theirs === undefined) throw new Error("a side was not measured");
    results.push({
      case: it,
      flowstate: ours,
      plain: theirs,
      other: of(sides[2]),
      stages: (await flowstate.stages?.(startedAt)) ?? {},
    });
    say(
      `${it.sizeMb} MB × ${it.concurrency}: ${ours.mailsPerSecond.toFixed(1)} and ${theirs.mailsPerSecond.toFixed(1)} mails/s`,
    );
  }
  return results;
}

/** Code runs faster when it has run, and memory is there when it was there. */
function warming(it: Case): Case {
  return { ...it, mails: it.concurrency };
}

interface RunningDoubles extends Doubles, AsyncDisposable {
  delayModel(milliseconds: number): Promise<void>;
}

async function startDoubles(): Promise<RunningDoubles> {
  await using starting = new AsyncDisposableStack();
  const folder = temporaryFolder(join(tmpdir(), "flowstate-bench-"));
  starting.defer(() => removeNow(folder));
  const program = await startNodeServer({
    name: "doubles",
    program: join("bench", "doubles", "main.ts"),
    environment: () => ({}),
    logPath: join(folder, "doubles.log"),
  });
  starting.defer(() => program.stop());
  const url = program.url ?? "";
  const parts = starting.move();
  return {
    modelUrl: url,
    erpUrl: new URL("/erp", url).href,
    async delayModel(milliseconds) {
      await fetch(new URL("/model-delay", url), { method: "PUT", body: String(milliseconds) });
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
