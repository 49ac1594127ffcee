import type { Limits } from "../limits/run-limits.ts";
import type { CaseResult } from "../run-bench.ts";
import type { Database } from "../sides/database.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Target } from "./targets.ts";

/** All that a run has to say. */
export interface Report {
  readonly cases: readonly CaseResult[];
  /** Undefined when they were not measured. */
  readonly limits: Limits | undefined;
  readonly targets: readonly Target[];
  readonly rounds: number;
  readonly surroundings: Surroundings;
  /** By side; empty when none was started. */
  readonly databases: Readonly<Record<string, Database>>;
  readonly durationS: number;
}
