import {
  type DocumentId,
  FINAL_EVENT_HEADER,
  type FinalEvent,
  finalEventSchema,
  LEDGER_STREAM,
  settledAs,
  settlementSubject,
} from "@flowstate/contracts";
import { ErrorCode, headers, type JetStreamClient, type JetStreamManager, NatsError, type StoredMsg } from "nats";
import type { EventsConnection } from "../connection.ts";
import { isWrongSequence } from "./wrong-sequence.ts";

/** A document that is finished for good. */
export interface Settlement {
  /** The event that ends it. Undefined of an entry without one: whoever made it had published the event before. */
  readonly end: FinalEvent | undefined;
}

export type Settling =
  /** This end stands. */
  | { readonly kind: "settled" }
  /** Another attempt finished the document before, and its end stands. */
  | { readonly kind: "settled_before"; readonly settlement: Settlement };

/**
 * The bucket of settlements, an entry for each finished document: `delivered` or `refused`, with the event as a header. It is
 * read and written as the stream that it is, because a key-value client hands no headers on. Entries are made once and never
 * changed. Rejects with the client's errors.
 */
export class Settlements {
  readonly #jetstream: JetStreamClient;
  readonly #manager: JetStreamManager;

  private constructor(jetstream: JetStreamClient, manager: JetStreamManager) {
    this.#jetstream = jetstream;
    this.#manager = manager;
  }

  static async open({ nats }: EventsConnection, timeoutMs: number): Promise<Settlements> {
    const options = { checkAPI: false, timeout: timeoutMs };
    return new Settlements(nats.jetstream(options), await nats.jetstreamManager(options));
  }

  async of(document: DocumentId): Promise<Settlement | undefined> {
    const entry = await this.#entryOf(document);
    return entry === undefined ? undefined : settlementIn(entry);
  }

  /** Makes the entry, unless there is one: the broker decides who was first. */
  async settle(document: DocumentId, end: FinalEvent): Promise<Settling> {
    const event = JSON.stringify(end);
    const header = headers();
    header.set(FINAL_EVENT_HEADER, event);
    try {
      await this.#jetstream.publish(settlementSubject(document), settledAs(end), {
        headers: header,
        expect: { lastSubjectSequence: 0 },
      });
      return { kind: "settled" };
    } catch (error) {
      const entry = isWrongSequence(error) ? await this.#entryOf(document) : undefined;
      if (entry === undefined) throw error;
      // It is this one when it was stored and its acknowledgement lost.
      if (eventIn(entry) === event) return { kind: "settled" };
      return { kind: "settled_before", settlement: settlementIn(entry) };
    }
  }

  /** Asked of the stream's leader: a replica may not have seen the last write. */
  async #entryOf(document: DocumentId): Promise<StoredMsg | undefined> {
    try {
      return await this.#manager.streams.getMessage(LEDGER_STREAM, { last_by_subj: settlementSubject(document) });
    } catch (error) {
      if (isNoMessage(error)) return undefined;
      throw error;
    }
  }
}

function settlementIn(entry: StoredMsg): Settlement {
  const event = eventIn(entry);
  return { end: event === undefined ? undefined : finalEventSchema.parse(JSON.parse(event)) };
}

function eventIn({ header }: StoredMsg): string | undefined {
  return header.has(FINAL_EVENT_HEADER) ? header.get(FINAL_EVENT_HEADER) : undefined;
}

function isNoMessage(error: unknown): boolean {
  return error instanceof NatsError && error.code === ErrorCode.JetStream404NoMessages;
}
