import type { CodeOf, PushOutcome } from "@flowstate/contracts";
import { MemoryBudget } from "@flowstate/ghost";
import { CircuitBreaker } from "./circuit-breaker.ts";
import { DeliverySlots, type NoSlot } from "./delivery-slots.ts";

/**
 * Why an ERP is not asked now: it said that its endpoint is gone, it is down and left alone for a while, too many deliveries
 * wait for it, or the time was over before it was this one's turn.
 */
export type Closed = "gone" | "paused" | NoSlot;

/** Leave for one attempt. Disposing it gives the slot back. */
export interface Leave extends Disposable {
  /** What the attempt's answer means for the endpoint. Says what changed. */
  settle(outcome: PushOutcome): GateChange | undefined;
}

export type GateChange = "gone" | "opened" | "closed";

export interface ErpGateOptions {
  readonly maxConcurrency: number;
  /** Of this process's memory for extractions, what one tenant's may take. */
  readonly shareBytes: number;
  readonly elapsedMs: () => number;
}

/**
 * What this process knows of one tenant's ERP, and the only way to it. Everything a slow or broken ERP could use up is counted
 * here, for its tenant alone: requests at a time, deliveries that wait, bytes held. It ends with the process: "gone" is
 * forgotten when somebody restarts it, which is also how a configuration changes.
 */
export class ErpGate {
  /** Bytes of the extractions whose deliveries are under way or wait. */
  readonly share: MemoryBudget;
  readonly #breaker: CircuitBreaker;
  readonly #slots: DeliverySlots;
  #gone = false;
  /** Why it is paused, if it is: an expired certificate is that for each document, not only for those that met it. */
  #lastFault: CodeOf<"deferred"> = "erp_unavailable";

  constructor({ maxConcurrency, shareBytes, elapsedMs }: ErpGateOptions) {
    this.share = new MemoryBudget(shareBytes);
    this.#breaker = new CircuitBreaker(elapsedMs);
    this.#slots = new DeliverySlots(maxConcurrency);
  }

  /** Whether a delivery need not even wait. */
  get closed(): "gone" | "paused" | undefined {
    if (this.#gone) return "gone";
    return this.#breaker.open ? "paused" : undefined;
  }

  /** Waits for a slot, in order. Rejects when `signal` is aborted, with its reason. */
  async enter(timeLimitMs: number, signal: AbortSignal): Promise<Leave | Closed> {
    if (this.closed !== undefined) return this.closed;
    const slot = await this.#slots.take(timeLimitMs, signal);
    if (typeof slot === "string") return slot;
    using stack = new DisposableStack();
    stack.use(slot);
    // The ERP may have gone away while this delivery waited.
    const pass = this.#gone ? undefined : this.#breaker.tryPass();
    if (pass === undefined) return this.#gone ? "gone" : "paused";
    stack.use(pass);
    const held = stack.move();
    return {
      settle: (outcome) => {
        if (outcome.result === "deferred") this.#lastFault = outcome.code;
        const changed = pass.settle(outcome.result !== "deferred");
        if (outcome.result !== "undeliverable" || outcome.code !== "erp_gone" || this.#gone) return changed;
        this.#gone = true;
        return "gone";
      },
      [Symbol.dispose]: () => held.dispose(),
    };
  }

  /** What it means for a document that its ERP was not asked (again). */
  outcomeOf(closed: Closed, attempts: number): PushOutcome {
    switch (closed) {
      case "gone":
        return { result: "undeliverable", code: "erp_gone", attempts };
      case "paused":
        return { result: "deferred", code: this.#lastFault, attempts };
      case "full":
        return { result: "deferred", code: "erp_unavailable", attempts };
      case "late":
        return { result: "deferred", code: "deadline_exceeded", attempts };
      default:
        return closed satisfies never;
    }
  }
}
