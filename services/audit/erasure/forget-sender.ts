import type { ErasedMessages } from "@flowstate/messaging";
import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { chainedEventSchema } from "../chain/chained-event.ts";
import { eraseSender, newPseudonym, senderState } from "../chain/sender-commitment.ts";
import type { SigningKey, TrustedKeys } from "../chain/signing.ts";
import { bigint, columnArrays, columnList, day, unnestedRows } from "../database/columns.ts";
import { inTransaction } from "../database/transaction.ts";
import { refoldDocuments } from "../projection/update-documents.ts";
import { takeTurnToStore } from "../recording/recording-head.ts";

/** Events erased in one transaction: storing waits for one of these at most. */
const BATCH_SIZE = 500;

export interface Forgetting {
  readonly pool: Pool;
  readonly key: SigningKey;
  readonly trusted: TrustedKeys;
  readonly now: Date;
}

export interface Forgotten {
  /** What stands in place of the address. */
  readonly pseudonym: string;
  readonly events: number;
  readonly documents: number;
  /** Of the events, those whose sender was not the recorded one: erased too, and not vouched for. */
  readonly tampered: number;
}

/** Upper and lower case are taken for the same: a person asks for his address, however it was spelled. */
const SELECT_PLACES = `
  SELECT position, recorded_on FROM events WHERE lower(sender_email) = lower($1) ORDER BY position`;
const placeSchema = z.object({ position: bigint, recorded_on: day });
type Place = z.output<typeof placeSchema>;

const senderSchema = chainedEventSchema.pick({
  event_id: true,
  document_id: true,
  sender_email: true,
  sender_salt: true,
  sender_commitment: true,
  erasure_key_id: true,
  erasure_signature: true,
});
const SELECT_SENDERS = `
  SELECT ${columnList(senderSchema)}
  FROM events JOIN ${unnestedRows(placeSchema)} USING (position, recorded_on)
  WHERE lower(sender_email) = lower($3)`;

const erasedSchema = senderSchema.omit({ document_id: true, sender_commitment: true });
const ERASE_SENDERS = `
  UPDATE events SET (sender_email, sender_salt, erasure_key_id, erasure_signature)
    = ROW (batch.sender_email, batch.sender_salt, batch.erasure_key_id, batch.erasure_signature)
  FROM ${unnestedRows(erasedSchema)}
  WHERE events.event_id = batch.event_id`;

/** One row tells the whole erasure, and grows with its batches. */
const RECORD_ERASURE = `
  INSERT INTO erasures AS earlier (pseudonym, erased_at, events, documents, stream_messages)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (pseudonym) DO UPDATE SET (events, documents, stream_messages) = ROW (
    earlier.events + EXCLUDED.events,
    earlier.documents + EXCLUDED.documents,
    earlier.stream_messages + EXCLUDED.stream_messages
  )`;

/**
 * Forgets a sender in the stream first, and then in the database: what audit has settled is in the database, so that an event
 * which is recorded meanwhile is found in one or counted as pending in the other. Rejects with what `eraseFromStream` does,
 * or the driver's error; run again, it does the rest.
 */
export async function forgetEverywhere(
  forgetting: Forgetting,
  address: string,
  eraseFromStream: () => Promise<ErasedMessages>,
): Promise<Forgotten & { readonly stream: ErasedMessages }> {
  const stream = await eraseFromStream();
  const forgotten = await forgetSender(forgetting, address);
  const { pool, now } = forgetting;
  await pool.query(RECORD_ERASURE, [forgotten.pseudonym, now, 0, 0, stream.erased]);
  return { ...forgotten, stream };
}

/**
 * Replaces a sender's address by a pseudonym wherever it is recorded, in batches, while recording goes on. The record
 * verifies before, between and afterwards. Rejects with the driver's error; what was erased until then is erased, and a
 * second run does the rest under another pseudonym.
 */
export async function forgetSender(forgetting: Forgetting, address: string): Promise<Forgotten> {
  const { pool } = forgetting;
  const pseudonym = newPseudonym();
  const places = z.array(placeSchema).parse((await pool.query(SELECT_PLACES, [address])).rows);
  let forgotten: Forgotten = { pseudonym, events: 0, documents: 0, tampered: 0 };
  for (let start = 0; start < places.length; start += BATCH_SIZE) {
    const batch = places.slice(start, start + BATCH_SIZE);
    const erased = await inTransaction(pool, (client) => eraseBatch(client, forgetting, { address, pseudonym, batch }));
    forgotten = {
      pseudonym,
      events: forgotten.events + erased.events,
      documents: forgotten.documents + erased.documents,
      tampered: forgotten.tampered + erased.tampered,
    };
  }
  return forgotten;
}

interface ErasureBatch {
  readonly address: string;
  readonly pseudonym: string;
  readonly batch: readonly Place[];
}

async function eraseBatch(
  client: PoolClient,
  { key, trusted, now }: Forgetting,
  { address, pseudonym, batch }: ErasureBatch,
): Promise<Omit<Forgotten, "pseudonym">> {
  await takeTurnToStore(client);
  const { rows } = await client.query(SELECT_SENDERS, [...columnArrays(placeSchema, batch), address]);
  const senders = z.array(senderSchema).parse(rows);
  const recorded = senders.filter((sender) => senderState(sender, trusted) === "recorded");
  const tampered = senders.filter((sender) => !recorded.includes(sender));
  const erased = [
    ...recorded.map((sender) => eraseSender(sender, pseudonym, key)),
    // Somebody has put the address there. It goes as well, but a signature would hide that.
    ...tampered.map((sender) => ({ ...sender, sender_email: pseudonym })),
  ];
  await client.query(ERASE_SENDERS, columnArrays(erasedSchema, erased));
  const documentIds = [...new Set(senders.flatMap(({ document_id }) => document_id ?? []))];
  await refoldDocuments(client, documentIds);
  await client.query(RECORD_ERASURE, [pseudonym, now, senders.length, documentIds.length, 0]);
  return { events: senders.length, documents: documentIds.length, tampered: tampered.length };
}
