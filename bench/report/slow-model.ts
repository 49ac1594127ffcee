import type { CaseResult } from "../run-bench.ts";

const SLOW_MODEL_MS = 3_000;

/**
 * The p50 of many documents at once under a slow model, divided by the ideal of 3 s and queueing: nobody waits for anything but
 * the model, or, where the machine is the limit, for its turn. By Little's law the turn of each comes when as many as are at
 * once have had theirs, at the rate that the same documents have without the wait; who waits for a turn can wait for the model
 * meanwhile, so the ideal is the longer of the two and not their sum.
 *
 * That rate is Flowstate's own, so this says how well a slow model is waited for, and not how fast Flowstate is: a slower
 * one has a longer ideal. What does not depend on it stands in the notes.
 */
export function idealSlowModel(
  slow: CaseResult | undefined,
  saturated: CaseResult | undefined,
): { readonly value: number; readonly notes: readonly string[] } | undefined {
  if (slow === undefined || saturated === undefined) return undefined;
  const { flowstate, plain } = slow;
  const ideal = (mailsPerSecond: number) => Math.max(SLOW_MODEL_MS, (slow.case.concurrency / mailsPerSecond) * 1_000);
  const ours = ideal(saturated.flowstate.mailsPerSecond);
  const theirs = ideal(saturated.plain.mailsPerSecond);
  return {
    value: flowstate.p50Ms / ours,
    notes: [
      `this ideal is of Flowstate's own making: ${seconds(ours)}, the longer of 3 s and what ${slow.case.concurrency} take at the ${saturated.flowstate.mailsPerSecond.toFixed(1)} mails/s that it makes without the wait`,
      `p50 ${seconds(flowstate.p50Ms)}, ${(flowstate.p50Ms / SLOW_MODEL_MS).toFixed(2)} of the 3 s alone; plain ${seconds(plain.p50Ms)}, ${(plain.p50Ms / SLOW_MODEL_MS).toFixed(2)} of the 3 s, ${(plain.p50Ms / theirs).toFixed(2)} of an ideal of its own; Flowstate beside plain ${(flowstate.p50Ms / plain.p50Ms).toFixed(2)}`,
      `of ${flowstate.timedMails} and ${plain.timedMails} mails`,
    ],
  };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(2)} s`;
}
