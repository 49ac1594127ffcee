import { inboxPrefix, LEDGER_BUCKET } from "@flowstate/contracts";
import type { TestStack } from "@flowstate/local/e2e/test-stack.ts";
import { connect, type NatsConnection } from "nats";

/** Reads the delivery ledger as the broker has it, and not through a service. */
export class SettlementReader implements AsyncDisposable {
  readonly #nats: NatsConnection;

  private constructor(nats: NatsConnection) {
    this.#nats = nats;
  }

  static async open({ broker }: TestStack): Promise<SettlementReader> {
    const nats = await connect({
      servers: broker.url,
      user: "admin",
      pass: broker.passwords.admin,
      inboxPrefix: inboxPrefix("admin"),
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
    });
    return new SettlementReader(nats);
  }

  /** `delivered`, `refused`, or undefined when the ledger does not know the document. */
  async of(documentId: string): Promise<string | undefined> {
    const jetstream = await this.#nats.jetstreamManager();
    try {
      const found = await jetstream.streams.getMessage(`KV_${LEDGER_BUCKET}`, {
        last_by_subj: `$KV.${LEDGER_BUCKET}.${documentId}`,
      });
      return new TextDecoder().decode(found.data);
    } catch {
      return undefined;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#nats.close();
  }
}
