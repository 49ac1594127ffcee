import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNodeServer } from "@flowstate/local/servers/node-server.ts";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { bytesInFlight, type Case, type Pace, SETTINGS } from "./cases.ts";
import { type Figures, figuresOf } from "./figures.ts";
import { idleMemory, type TimedRound, timeRound, type WatchedRound, warm, watchRound } from "./run-round.ts";
import type { Database } from "./sides/database.ts";
import { startFlowstate } from "./sides/flowstate.ts";
import { givenUrl } from "./sides/given-url.ts";
import { startPlain } from "./sides/plain.ts";
import type { Doubles, Side } from "./sides/side.ts";

export interface BenchOptions {
  readonly cases: readonly Case[];
  /** How often each case is run on each side, in turns. */
  readonly rounds: number;
  readonly pace: Pace;
  /** A third system, already running. */
  readonly other?: { readonly url: string; readonly apiKey: string; readonly recipient: string } | undefined;
  say(line: string): void;
}

export interface CaseResult {
  readonly case: Case;
  readonly flowstate: Figures;
  readonly plain: Figures;
  readonly other: Figures | undefined;
  /** Where Flowstate's time went in the timed rounds: the median of each stage, milliseconds. */
  readonly stages: Readonly<Record<string, number>>;
}

export interface BenchResult {
  readonly cases: readonly CaseResult[];
  /** By side, of those that have one of ours. */
  readonly databases: Readonly<Record<string, Database>>;
}

/**
 * Both sides stand all the time; the one that is not asked does nothing, and has settled. Rounds alternate, so that a slow
 * minute is shared. The cases are run from the fewest bytes in flight to the most, because memory that a side keeps from one case
 * counts in the next; they are answered in the order in which they are given.
 */
export async function runBench({ cases, rounds, pace, other, say }: BenchOptions): Promise<BenchResult> {
  await using doubles = await startDoubles();
  await using flowstate = await startFlowstate(doubles, SETTINGS);
  await using plain = await startPlain(doubles);
  const sides: readonly Side[] = [flowstate, plain, ...(other === undefined ? [] : [givenUrl(other)])];
  const idleBytes = new Map<Side, number>();
  for (const side of sides) idleBytes.set(side, await idleMemory(side, pace));
  const results = new Map<Case, CaseResult>();
  for (const it of cases.toSorted((one, another) => bytesInFlight(one) - bytesInFlight(another))) {
    await doubles.delayModel(it.modelDelayMs);
    for (const side of sides) await warm(side, it, pace);
    const startedAt = new Date();
    const timed = new Map<Side, TimedRound[]>(sides.map((side) => [side, []]));
    const watched = new Map<Side, WatchedRound[]>(sides.map((side) => [side, []]));
    for (const side of inTurns(sides, rounds)) timed.get(side)?.push(await timeRound(side, it, pace));
    const stages = await flowstate.stages?.(startedAt);
    for (const side of inTurns(sides, rounds)) {
      const round = await watchRound(side, it, pace);
      if (round !== undefined) watched.get(side)?.push(round);
    }
    const of = (side: Side) =>
      figuresOf(it, timed.get(side) ?? [], watched.get(side) ?? [], idleBytes.get(side) ?? Number.NaN);
    const [ours, theirs] = [of(flowstate), of(plain)];
    const third = sides[2];
    results.set(it, {
      case: it,
      flowstate: ours,
      plain: theirs,
      other: third && of(third),
      stages: stages ?? {},
    });
    say(
      `${it.sizeMb} MB × ${it.concurrency}: ${ours.mailsPerSecond.toFixed(1)} and ${theirs.mailsPerSecond.toFixed(1)} mails/s`,
    );
  }
  return {
    cases: cases.flatMap((it) => results.get(it) ?? []),
    databases: Object.fromEntries(
      sides.flatMap(({ name, database }) => (database === undefined ? [] : [[name, database]])),
    ),
  };
}

/** Whoever begins has the warmer machine: they take turns in that, too. */
function* inTurns(sides: readonly Side[], rounds: number): Generator<Side> {
  for (let round = 0; round < rounds; round++) yield* round % 2 === 0 ? sides : sides.toReversed();
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
    async pushed() {
      return Number(await (await fetch(new URL("/pushed", url))).text());
    },
    async delayModel(milliseconds) {
      await fetch(new URL("/model-delay", url), { method: "PUT", body: String(milliseconds) });
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
