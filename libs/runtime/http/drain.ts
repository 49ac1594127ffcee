import { setTimeout as sleep } from "node:timers/promises";
import { wholeNumber } from "../config.ts";

/** Settings of a service that a load balancer may stand before. */
export const drainSettings = {
  STOP_DRAIN_MS: wholeNumber({ min: 0, max: 20_000, fallback: 5_000 }).describe(
    "How long a process that is asked to stop still listens and says 503 at /readyz, milliseconds: longer than what balances " +
      "the load takes to see that. 0 where nothing does.",
  ),
};

/**
 * How a listener goes. When it is closed, the system resets what it has connected and no process has taken yet: a sender would
 * get no answer. So a process that stops says so first, answers what still comes, and closes each connection with its
 * answer, until whoever balances the load sends nothing here any more.
 */
export class Drain {
  #hasBegun = false;

  /** From the first moment of stopping: nobody should send anything here, nor on a connection that is open. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Resolves after `milliseconds`, when the listener may be closed. */
  async begin(milliseconds: number): Promise<void> {
    this.#hasBegun = true;
    if (milliseconds > 0) await sleep(milliseconds);
  }
}
