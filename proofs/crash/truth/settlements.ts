import { setTimeout as sleep } from "node:timers/promises";
import {
  type DocumentId,
  inboxPrefix,
  LEDGER_STREAM,
  type SettlementWord,
  settlementSubject,
} from "@flowstate/contracts";
import type { TestStack } from "@flowstate/local/e2e/test-stack.ts";
import { connect, ErrorCode, type NatsConnection, NatsError } from "nats";
import { z } from "zod";
import { PAUSE_MS } from "../plan/plan-run.ts";

/** Another run may have stopped the broker, or killed it. */
const BROKER_LIMIT_MS = PAUSE_MS + 60_000;
const POLL_MS = 250;

const wordSchema = z.enum(["delivered", "refused"]);

/** What the ledger says of a document. */
export interface KnownSettlement {
  readonly word: SettlementWord;
  /** When the broker took it, milliseconds since 1970. */
  readonly settledAt: number;
}

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

  /** Undefined when the ledger does not know the document. Waits while the broker is away: other runs strike it. */
  async of(documentId: DocumentId): Promise<KnownSettlement | undefined> {
    for (const giveUpAt = performance.now() + BROKER_LIMIT_MS; ; await sleep(POLL_MS)) {
      try {
        return await this.#read(documentId);
      } catch (error) {
        if (!(error instanceof NatsError) || performance.now() > giveUpAt) throw error;
      }
    }
  }

  async #read(documentId: DocumentId): Promise<KnownSettlement | undefined> {
    const jetstream = await this.#nats.jetstreamManager({ checkAPI: false });
    try {
      const entry = await jetstream.streams.getMessage(LEDGER_STREAM, { last_by_subj: settlementSubject(documentId) });
      return { word: wordSchema.parse(entry.string()), settledAt: entry.time.getTime() };
    } catch (error) {
      if (error instanceof NatsError && error.code === ErrorCode.JetStream404NoMessages) return undefined;
      throw error;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#nats.close();
  }
}
