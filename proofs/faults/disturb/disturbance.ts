import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../table/cell.ts";

/** What can be made to fail, and be well again. */
export interface Disturbance {
  /** Resolves when it fails in this way. Never called with `flapping`, nor twice without `end`. */
  begin(fault: Fault): Promise<void>;
  /** Resolves when it is well again. */
  end(): Promise<void>;
  /** How often somebody has met it so far, whichever way it failed: a fault that nobody met shows nothing. */
  met(): Promise<number>;
}

/** How long something that flaps stays away, and is there, in turn: never the same, or who looks every half minute would meet one alone. */
const FLAP_MS = { least: 600, most: 1_400 } as const;

/** Makes it fail; what it answers ends that. What flaps does so by turns of refusing, or of `flaps`, and being well. */
export async function disturb(
  disturbance: Disturbance,
  fault: Fault,
  flaps: Fault = "refuse",
): Promise<() => Promise<void>> {
  if (fault !== "flapping") {
    await disturbance.begin(fault);
    return () => disturbance.end();
  }
  const ending = new AbortController();
  const pause = () =>
    sleep(randomInt(FLAP_MS.least, FLAP_MS.most), undefined, { signal: ending.signal }).catch(() => {});
  await disturbance.begin(flaps);
  const flap = async () => {
    for (;;) {
      await pause();
      await disturbance.end();
      if (ending.signal.aborted) return;
      await pause();
      if (ending.signal.aborted) return;
      await disturbance.begin(flaps);
    }
  };
  const flapped = flap();
  return async () => {
    ending.abort();
    await flapped;
  };
}
