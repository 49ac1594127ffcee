import { cpus, loadavg, totalmem } from "node:os";
import type { Limits } from "../limits/run-limits.ts";
import type { CaseResult } from "../run-bench.ts";
import type { Figures } from "../run-case.ts";
import { ratiosOf } from "./ratios.ts";
import type { Target } from "./targets.ts";

/** `reports/bench.json`. */
export function reportOf(
  cases: readonly CaseResult[],
  limits: Limits | undefined,
  targets: readonly Target[],
  rounds: number,
): object {
  return {
    cases: cases.map((result) => ({
      size_mb: result.case.sizeMb,
      concurrency: result.case.concurrency,
      model_delay_ms: result.case.modelDelayMs,
      mails_per_round: result.case.mails,
      a: { ...figuresOf(result.flowstate), stages_ms: result.stages },
      b: figuresOf(result.plain),
      ...(result.other !== undefined && { c: figuresOf(result.other) }),
      ratio: ratiosOf(result),
    })),
    ...(limits !== undefined && { limits_per_second: limits }),
    targets,
    rounds,
    machine: { processors: cpus().length, model: cpus()[0]?.model, memory_bytes: totalmem(), load: loadavg() },
  };
}

function figuresOf({ mailsPerSecond, p50Ms, p95Ms, p99Ms, usage, busyAnswers }: Figures): object {
  return {
    mails_per_second: mailsPerSecond,
    p50_ms: p50Ms,
    p95_ms: p95Ms,
    p99_ms: p99Ms,
    busy_answers: busyAnswers,
    ...(usage !== undefined && {
      cpu_seconds_per_mail: usage.processorSecondsPerMail,
      cpu_seconds_per_mail_by_process: usage.processorSecondsPerMailByName,
      peak_bytes: usage.peakBytes,
      idle_bytes: usage.idleBytes,
      growth_per_byte_in_flight: usage.growthPerByteInFlight,
    }),
  };
}
