import type { EventType } from "@flowstate/contracts";
import { DeliveryLedger, EventNotStoredError, EventPublisher } from "@flowstate/messaging";

/** What a broker acknowledges: an event, or the ledger's entry of how a document ended. */
type Acknowledged = EventType | "settlement";

const { publish } = EventPublisher.prototype;
const { settle } = DeliveryLedger.prototype;

/**
 * A broker whose word comes late, or that loses an event, as those see it who publish in this process. Everything that is held
 * back is on the stream; what is lost is not. Disposing lets all go on as before.
 */
export class Acknowledgements implements Disposable {
  readonly #held = new Map<Acknowledged, Promise<void>>();
  readonly #lost = new Map<Acknowledged, number>();
  readonly #releases: (() => void)[] = [];

  constructor() {
    const acknowledged = (what: Acknowledged) => this.#acknowledged(what);
    const isLost = (what: Acknowledged) => this.#isLost(what);
    EventPublisher.prototype.publish = async function (event) {
      if (isLost(event.type)) throw new EventNotStoredError("lost");
      const published = publish.call(this, event as never);
      await acknowledged(event.type);
      await published;
    };
    DeliveryLedger.prototype.settle = async function (...settlement) {
      const settling = settle.apply(this, settlement);
      await acknowledged("settlement");
      return await settling;
    };
  }

  /** Keeps the next acknowledgement back until the answer is called. */
  hold(what: Acknowledged): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held.set(what, promise);
    this.#releases.push(resolve);
    return resolve;
  }

  /** Has the next ones never reach the stream. */
  lose(what: Acknowledged, times = 1): void {
    this.#lost.set(what, times);
  }

  [Symbol.dispose](): void {
    for (const release of this.#releases) release();
    EventPublisher.prototype.publish = publish;
    DeliveryLedger.prototype.settle = settle;
  }

  async #acknowledged(what: Acknowledged): Promise<void> {
    const held = this.#held.get(what);
    this.#held.delete(what);
    await held;
  }

  #isLost(what: Acknowledged): boolean {
    const left = this.#lost.get(what) ?? 0;
    this.#lost.set(what, left - 1);
    return left > 0;
  }
}
