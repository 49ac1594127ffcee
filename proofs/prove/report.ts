import { cpus, loadavg } from "node:os";
import type { Speeds } from "./compare-speeds.ts";
import type { ControlOutcome } from "./counterproof/control-process.ts";
import type { MeasuresOutcome } from "./counterproof/run-without.ts";
import type { Aftermath, OpenedElsewhere } from "./hardened-system.ts";
import { UNDER_LOAD_MS } from "./paths/under-load.ts";
import type { PathResult } from "./run-paths.ts";
import type { LoadResult } from "./watched-load.ts";

/** What the hardened system showed. */
export interface MemoryProof extends Aftermath {
  readonly paths: readonly PathResult[];
  readonly loads: readonly LoadResult[];
}

/** What `prove` found out. */
export interface Proof {
  readonly memory: MemoryProof;
  readonly control: Omit<ControlOutcome, "parts">;
  readonly measures: MeasuresOutcome;
  readonly mailsPerSecond: Speeds;
  /** How long each part took, milliseconds; those of the control go on beside the paths, and measures two at a time. */
  readonly parts: Readonly<Record<string, number>>;
  readonly durationMs: number;
}

/** What the control must find at least, and how much of the speed must be left. */
const MIN_CONTROL_HITS = 1_000;
const MIN_SPEED_RATIO = 0.8;
/** The control has what processor time is left: it may miss a deadline where the hardened system does not. */
const MAX_UNTAKEN_SHARE = 0.1;
/** How late a search may be over, of memory that has its time to be clean: a late one shows less. */
const MAX_LATE_MS = 2_000;
/** At one place after the other while a load goes on: twice at each. */
const MIN_LOOKS = 6;
/** What the long form must amount to, and how long it may take. */
const MIN_PATHS = 40;
const MIN_CANARIES = 150_000;
const MAX_DURATION_MS = 600_000;

/** Where nothing was searched, nothing was proven. */
const NEVER_EMPTY = ["nats_store", "postgres_data", "logs", "spans", "answers", "audit_answers"];
/** Exported four times a minute, and looked for twice a minute what to tell: the short form may be over before. */
const NEVER_EMPTY_FOR_LONG = ["metrics", "slack"];

const NAME_WIDTH = 62;
const PART_WIDTH = 58;
const MEASURE_WIDTH = 42;

function totalHits({ memory }: Pick<Proof, "memory">): number {
  const { paths, loads, elsewhere } = memory;
  const inMemory = [...paths, ...loads].flatMap(({ places }) => Object.values(places));
  return [...inMemory, ...Object.values(elsewhere).map(({ hits }) => hits)].reduce((sum, hits) => sum + hits, 0);
}

/**
 * Why the proof fails; empty when it holds. The long form is judged by its extent and by its speed as well, which are measured
 * long enough there to mean something.
 */
export function failuresOf(proof: Proof, { isLong }: { readonly isLong: boolean }): readonly string[] {
  const { memory, control, measures, durationMs } = proof;
  const planted = [...memory.paths, ...memory.loads].reduce((sum, part) => sum + part.planted, 0);
  const hits = totalHits(proof);
  const ratio = proof.mailsPerSecond.on / proof.mailsPerSecond.off;
  return [
    ...(hits > 0 ? [`${hits} canaries were found`] : []),
    ...memory.paths.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name}: ${problem}`])),
    ...[...memory.paths, ...memory.loads].flatMap(({ name, zeroAfterMs }) =>
      zeroAfterMs === undefined ? [`${name}: memory was at no look without a canary`] : [],
    ),
    ...[...memory.paths, ...memory.loads].flatMap(({ name, lookedAtMs, graceMs }) =>
      isLong && lookedAtMs > graceMs + MAX_LATE_MS
        ? [`${name}: the search was over after ${Math.round(lookedAtMs)} ms only`]
        : [],
    ),
    ...memory.loads.flatMap(({ name, longestResidueMs }) =>
      longestResidueMs > UNDER_LOAD_MS ? [`${name}: canaries stayed ${Math.round(longestResidueMs)} ms`] : [],
    ),
    ...memory.loads.flatMap(({ name, looks }) =>
      isLong && looks < MIN_LOOKS ? [`${name}: memory was looked at ${looks} times only`] : [],
    ),
    ...[...NEVER_EMPTY, ...(isLong ? NEVER_EMPTY_FOR_LONG : [])].flatMap((place) =>
      (memory.elsewhere[place]?.searchedBytes ?? 0) === 0 ? [`there was nothing to search in ${place}`] : [],
    ),
    ...unsearchedOf(memory),
    ...memory.opened.gone.map((path) => `${path} was opened for writing and was gone before it could be searched`),
    ...(control.hits <= MIN_CONTROL_HITS ? [`the control found ${control.hits} only: the search may be blind`] : []),
    ...(control.untaken.length > control.paths * MAX_UNTAKEN_SHARE
      ? [`the control did not go ${control.untaken.length} of ${control.paths} paths as it should`]
      : []),
    ...(measures.withAll > 0
      ? [`${measures.withAll} canaries were found with every measure: the machine is too busy to show one`]
      : []),
    ...memory.unhardened,
    ...proof.mailsPerSecond.unhardened,
    ...Object.entries(measures.without).flatMap(([name, { isMissed }]) =>
      isMissed ? [] : [`without ${name} there is nothing that fails: it is not shown to be needed`],
    ),
    ...(isLong && ratio < MIN_SPEED_RATIO ? [`the measures leave ${ratio.toFixed(2)} of the speed`] : []),
    ...(isLong && memory.paths.length < MIN_PATHS ? [`there are ${memory.paths.length} paths only`] : []),
    ...(isLong && planted < MIN_CANARIES ? [`${planted} canaries only were planted`] : []),
    ...(isLong && durationMs > MAX_DURATION_MS ? [`it took ${Math.round(durationMs / 1_000)} s`] : []),
  ];
}

/**
 * What was skipped is of ours in every place but temporary folders, where others write, too: what ours opened there was traced,
 * and searched however large it is. Where nothing was traced nobody knows.
 */
function unsearchedOf({ elsewhere, opened }: MemoryProof): readonly string[] {
  return Object.entries(elsewhere).flatMap(([place, { skipped }]) =>
    place === "temporary_folders" && opened.how === "traced"
      ? []
      : skipped.map((path) => `${path}, in ${place}, could not be searched`),
  );
}

/** A line of the table for a path. */
export function pathLine({ name, places, zeroAfterMs, lookedAtMs, problem }: PathResult): string {
  return `${name.padEnd(NAME_WIDTH)} ${foundIn(places)}  ${zeroIn(zeroAfterMs)}${lookedIn(lookedAtMs)}${problem === undefined ? "" : `  !! ${problem}`}`;
}

export function loadLine(load: LoadResult): string {
  const { name, places, zeroAfterMs, lookedAtMs, mailsPerSecond, longestResidueMs, looks, seenMeanwhile } = load;
  const residue =
    `longest residue of an answered mail ${(longestResidueMs / 1_000).toFixed(1)} s in ${looks} looks, ` +
    `which saw ${seenMeanwhile} canaries of mails under way`;
  return `${name.padEnd(NAME_WIDTH)} ${foundIn(places)}  ${zeroIn(zeroAfterMs)}${lookedIn(lookedAtMs)}  ${mailsPerSecond.toFixed(1)} mails/s, ${residue}`;
}

function foundIn(places: Readonly<Record<string, number>>): string {
  const found = Object.entries(places).filter(([, hits]) => hits > 0);
  return found.length === 0 ? "0 hits" : found.map(([place, hits]) => `${place}: ${hits}`).join(", ");
}

function zeroIn(zeroAfterMs: number | undefined): string {
  return zeroAfterMs === undefined ? "not zero" : `zero after ${(zeroAfterMs / 1_000).toFixed(1)} s`;
}

function lookedIn(lookedAtMs: number): string {
  return `, searched until ${(lookedAtMs / 1_000).toFixed(1)} s`;
}

function openedLine({ how }: OpenedElsewhere): string {
  return how === "traced"
    ? "  files opened for writing were traced, call by call"
    : "  files opened for writing were SAMPLED, twenty times a second: strace is missing or may not trace here";
}

/** The end of the table. */
export function summaryLines(proof: Proof): readonly string[] {
  const { memory, control, measures, mailsPerSecond, parts, durationMs } = proof;
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  const places = Object.entries(memory.elsewhere).map(
    ([place, { hits, searchedBytes, skipped }]) =>
      `  ${place.padEnd(20)} ${hits} hits in ${(searchedBytes / 1e6).toFixed(1)} MB, ${skipped.length} skipped`,
  );
  return [
    "",
    "Everywhere else, after all of them:",
    ...places,
    openedLine(memory.opened),
    ...memory.opened.beyondKnown.map((path) => `  also opened for writing: ${path}`),
    "",
    `Without one measure each (and ${measures.withAll} hits on the same paths with all of them):`,
    ...Object.entries(measures.without).map(
      ([name, { hits, unhardened }]) =>
        `  ${name.padEnd(MEASURE_WIDTH)} ${hits} hits${unhardened.length === 0 ? "" : `, ${unhardened.length} starts say that they are not hardened`}`,
    ),
    "",
    `The control went ${control.paths - control.untaken.length} of ${control.paths} paths as they should be gone:`,
    ...control.untaken.map((untaken) => `  not ${untaken}`),
    "",
    "How long it took (the control beside the paths, measures two at a time):",
    ...Object.entries(parts).map(([part, ms]) => `  ${part.padEnd(PART_WIDTH)} ${seconds(ms)}`),
    "",
    `hits ${totalHits(proof)}, control ${control.hits}; mails per second ${mailsPerSecond.on.toFixed(1)} with the ` +
      `measures, ${mailsPerSecond.off.toFixed(1)} without; ${seconds(durationMs)}`,
  ];
}

/** `reports/prove.json`. */
export function reportOf(proof: Proof, failures: readonly string[]): object {
  const { memory, control, measures, mailsPerSecond, parts, durationMs } = proof;
  const all = [...memory.paths, ...memory.loads];
  return {
    paths: all.map(({ name, places, zeroAfterMs, lookedAtMs }) => ({
      name,
      places,
      zero_after_ms: zeroAfterMs === undefined ? null : Math.round(zeroAfterMs),
      searched_until_ms: Math.round(lookedAtMs),
    })),
    total_hits: totalHits(proof),
    control_hits: control.hits,
    documents: all.reduce((sum, { documents }) => sum + documents, 0),
    canaries_planted: all.reduce((sum, { planted }) => sum + planted, 0),
    elsewhere: Object.fromEntries(
      Object.entries(memory.elsewhere).map(([place, { hits, searchedBytes, skipped }]) => [
        place,
        { hits, searched_bytes: searchedBytes, skipped: skipped.length },
      ]),
    ),
    opened_for_writing: {
      how: memory.opened.how,
      elsewhere: memory.opened.beyondKnown,
      gone: memory.opened.gone,
    },
    without: Object.fromEntries(
      Object.entries(measures.without).map(([name, { hits, unhardened }]) => [
        name,
        { hits, unhardened: unhardened.length },
      ]),
    ),
    hits_with_all: measures.withAll,
    control_paths: { gone: control.paths, not_as_they_should: control.untaken },
    mails_per_second: { on: mailsPerSecond.on, off: mailsPerSecond.off },
    longest_residue_ms: Object.fromEntries(
      memory.loads.map(({ name, longestResidueMs }) => [name, Math.round(longestResidueMs)]),
    ),
    failures,
    parts_ms: Object.fromEntries(Object.entries(parts).map(([part, ms]) => [part, Math.round(ms)])),
    duration_ms: Math.round(durationMs),
    machine: { processors: cpus().length, load: loadavg() },
  };
}
