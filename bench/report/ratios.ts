import type { CaseResult } from "../run-bench.ts";

/** Flowstate's figure divided by the plain program's. More is better for the throughput, less for all others. */
export interface Ratios {
  readonly throughput: number;
  readonly p50: number;
  readonly cpu: number;
  /** Of the growth of memory for each byte under way. */
  readonly memory: number;
}

export function ratiosOf({ flowstate, plain }: Pick<CaseResult, "flowstate" | "plain">): Ratios {
  return {
    throughput: flowstate.mailsPerSecond / plain.mailsPerSecond,
    p50: flowstate.p50Ms / plain.p50Ms,
    cpu:
      (flowstate.usage?.processorSecondsPerMail ?? Number.NaN) / (plain.usage?.processorSecondsPerMail ?? Number.NaN),
    memory: (flowstate.usage?.growthPerByteInFlight ?? Number.NaN) / (plain.usage?.growthPerByteInFlight ?? Number.NaN),
  };
}
