import { AUDIT_CONSUMER, EVENTS_STREAM } from "@flowstate/contracts";
import { type Consumer, connect, type JetStreamManager, type NatsConnection } from "nats";
import { type BrokerLogin, loginOptions } from "../broker-login.ts";

/** Messages asked for at once, and how long to wait for them before the stream counts as read. */
const MESSAGES_PER_FETCH = 500;
const FETCH_WAIT_MS = 2_000;

/** With the credentials of the identity `admin`, the only one that may delete from the stream. */
export type StreamErasure = BrokerLogin & {
  /** Whether a message, as it stands, is to be erased. */
  matches(data: Uint8Array): boolean;
};

export interface ErasedMessages {
  readonly erased: number;
  /** Messages that match and that audit has not settled yet: erasing them would lose events. */
  readonly pending: number;
}

/**
 * Reads the whole stream of events and erases the messages that match: the broker overwrites them where they are stored.
 * What audit has settled is in its database, or set aside there, and is not asked for again. Rejects when the broker is
 * away or stalls; what was erased until then is erased.
 */
export async function eraseEvents({ matches, ...login }: StreamErasure): Promise<ErasedMessages> {
  const nats = await connect(loginOptions("admin", login));
  try {
    const manager = await nats.jetstreamManager();
    const { ack_floor } = await manager.consumers.info(EVENTS_STREAM, AUDIT_CONSUMER);
    const matching = await matchingSequences(nats, manager, matches);
    const settled = matching.filter((sequence) => sequence <= ack_floor.stream_seq);
    for (const sequence of settled) await manager.streams.deleteMessage(EVENTS_STREAM, sequence, true);
    return { erased: settled.length, pending: matching.length - settled.length };
  } finally {
    await nats.close();
  }
}

async function matchingSequences(
  nats: NatsConnection,
  manager: JetStreamManager,
  matches: StreamErasure["matches"],
): Promise<number[]> {
  const { state } = await manager.streams.info(EVENTS_STREAM);
  if (state.messages === 0) return [];
  // An ordered consumer: it acknowledges nothing and is gone afterwards.
  const consumer = await nats.jetstream().consumers.get(EVENTS_STREAM);
  const matching: number[] = [];
  for (let more = true; more; ) more = await readSome(consumer, matches, matching);
  return matching;
}

/** Adds to `matching`. False when the end of the stream was reached. Rejects when the broker has nothing to say. */
async function readSome(consumer: Consumer, matches: StreamErasure["matches"], matching: number[]): Promise<boolean> {
  let left: number | undefined;
  for await (const message of await consumer.fetch({ max_messages: MESSAGES_PER_FETCH, expires: FETCH_WAIT_MS })) {
    if (matches(message.data)) matching.push(message.seq);
    left = message.info.pending;
    if (left === 0) break;
  }
  // Of a stream that goes on, or that was found not to be empty: what is left of it would count as read.
  if (left === undefined) throw new Error("the stream was not read to its end");
  return left > 0;
}
