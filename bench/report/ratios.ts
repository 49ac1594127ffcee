import type { Figures } from "../figures.ts";
import type { CaseResult } from "../run-bench.ts";

/** Flowstate's figure divided by the plain program's. More is better for the throughput, less for all others. */
export interface Ratios {
  readonly throughput: number;
  readonly p50: number;
  readonly cpu: number;
  /** Of the peak of memory for each byte in flight: what is promised, and what a machine must have. */
  readonly memory: number;
  /** Of what that peak is above the idle side. */
  readonly memoryGrowth: number;
}

export function ratiosOf({ flowstate, plain }: Pick<CaseResult, "flowstate" | "plain">): Ratios {
  const ratio = (figure: (side: Figures) => number | undefined) =>
    (figure(flowstate) ?? Number.NaN) / (figure(plain) ?? Number.NaN);
  return {
    throughput: ratio(({ mailsPerSecond }) => mailsPerSecond),
    p50: ratio(({ p50Ms }) => p50Ms),
    cpu: ratio(({ processor }) => processor?.secondsPerMail),
    memory: ratio(({ memory }) => memory?.peakPerByteInFlight),
    memoryGrowth: ratio(({ memory }) => memory?.growthPerByteInFlight),
  };
}
