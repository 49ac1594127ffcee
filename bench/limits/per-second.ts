/** A rate from `startedAt`, milliseconds on the monotonic clock, until now. */
export function perSecond(amount: number, startedAt: number): number {
  return amount / ((performance.now() - startedAt) / 1_000);
}
