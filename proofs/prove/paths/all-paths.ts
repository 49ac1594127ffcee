import type { Bench } from "../bench/bench.ts";
import { ABSENT } from "./absent.ts";
import { ABORTED, MALFORMED } from "./broken-off.ts";
import { DEFERRED_BY_ERP, DEFERRED_BY_MODEL } from "./deferred.ts";
import { DELIVERED, UPLOADED } from "./delivered.ts";
import type { ExitPath } from "./exit-path.ts";
import { FINISHED_APART, FINISHING } from "./finishing.ts";
import { IN_FLIGHT } from "./in-flight.ts";
import { LOST } from "./lost.ts";
import { PARSING } from "./parsing.ts";
import { REFUSED } from "./refused.ts";
import { STILL_ARRIVING } from "./still-arriving.ts";
import { STOPPED } from "./stopped.ts";
import { UNDER_LOAD } from "./under-load.ts";

const MIB = 1024 * 1024;

/** A machine that is busy with a proof is slow. */
export const SETTINGS_FOR_LOADS: NodeJS.ProcessEnv = { MIN_BYTES_PER_SECOND: "0" };

/** Small enough for the paths on which something is full. */
export const SETTINGS: NodeJS.ProcessEnv = {
  ...SETTINGS_FOR_LOADS,
  EXTRACTOR_MEMORY_BYTES: String(24 * MIB),
  INGEST_MEMORY_BYTES: String(192 * MIB),
};

/** Paths that go on under the same settings of ingest. */
export interface Phase {
  readonly ingest: NodeJS.ProcessEnv;
  /**
   * Paths of one row are gone one behind the other while memory is searched again and again: each has its own time, they
   * break nothing before all of them are mended, and each canary says whose it is.
   */
  readonly rows: readonly (readonly ExitPath[])[];
}

/** Every way on which content leaves. */
export const ALL_PATHS: readonly Phase[] = [
  {
    ingest: {},
    rows: [
      ...[...DELIVERED, FINISHED_APART, IN_FLIGHT, STILL_ARRIVING].map(alone),
      UNDER_LOAD,
      ...[...UPLOADED, ...REFUSED, ...ABSENT, ...STOPPED].map(alone),
      MALFORMED,
      ABORTED,
    ],
  },
  {
    // What nobody answers is waited for until the deadline.
    ingest: { MAIL_DEADLINE_MS: "4000" },
    rows: [...DEFERRED_BY_MODEL, ...DEFERRED_BY_ERP, ...PARSING, ...FINISHING, ...LOST].map(alone),
  },
];

/** Gives a system that was started for loads the settings of the paths, under which a load would fail. */
export async function forPaths(bench: Bench): Promise<void> {
  bench.configure(SETTINGS);
  await Promise.all([bench.restart("ingest"), bench.restart("extractor")]);
}

function alone(path: ExitPath): readonly ExitPath[] {
  return [path];
}
