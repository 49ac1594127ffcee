import type { Figures } from "../figures.ts";
import type { CaseResult } from "../run-bench.ts";
import { ratiosOf } from "./ratios.ts";
import type { Report } from "./report.ts";

/** `reports/bench.json`. */
export function reportOf({ cases, limits, targets, rounds, surroundings, databases, durationS }: Report): object {
  const { node, processors, processorModel, memoryBytes, loadBefore, broker } = surroundings;
  return {
    cases: cases.map((result) => ({
      size_mb: result.case.sizeMb,
      concurrency: result.case.concurrency,
      model_delay_ms: result.case.modelDelayMs,
      a: { ...figuresOf(result.flowstate), stages_ms: result.stages },
      b: figuresOf(result.plain),
      ...(result.other !== undefined && { c: figuresOf(result.other) }),
      ratio: ratios(result),
    })),
    ...(limits !== undefined && { limits_per_second: limits }),
    targets,
    rounds,
    duration_s: durationS,
    machine: { processors, model: processorModel, memory_bytes: memoryBytes, load_before: loadBefore },
    node,
    broker,
    databases,
    tls: false,
  };
}

function ratios(result: CaseResult): object {
  const { throughput, p50, cpu, memory, memoryGrowth } = ratiosOf(result);
  return { throughput, p50, cpu, memory, memory_growth: memoryGrowth };
}

function figuresOf(side: Figures): object {
  const { mailsPerSecond, p50Ms, p95Ms, p99Ms, processor, memory } = side;
  return {
    mails_per_second: mailsPerSecond,
    p50_ms: p50Ms,
    p95_ms: p95Ms,
    p99_ms: p99Ms,
    mails: side.mails,
    timed_mails: side.timedMails,
    busy_answers: side.busyAnswers,
    unsettled_rounds: side.unsettledRounds,
    by_round: side.byRound.map((round) => ({ mails_per_second: round.mailsPerSecond, p50_ms: round.p50Ms })),
    ...(processor !== undefined && {
      cpu_seconds_per_mail: processor.secondsPerMail,
      cpu_seconds_per_mail_by_process: processor.secondsPerMailByName,
    }),
    ...(memory !== undefined && {
      peak_bytes: memory.peakBytes,
      idle_bytes: memory.idleBytes,
      peak_per_byte_in_flight: memory.peakPerByteInFlight,
      growth_per_byte_in_flight: memory.growthPerByteInFlight,
      memory_looks: memory.looks,
      memory_looking_share: memory.lookingShare,
      memory_busy_answers: memory.busyAnswers,
    }),
  };
}
