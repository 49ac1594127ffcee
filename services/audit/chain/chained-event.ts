import { hash } from "node:crypto";
import { z } from "zod";
import { bigint, bytes, optionalBytes, optionalText } from "../database/columns.ts";
import { type RecordedEvent, recordedEventSchema } from "../recording/event-row.ts";
import { canonicalWriter } from "./canonical-json.ts";
import { committedEventSchema } from "./committed-event.ts";

/** How an event hangs in the chain of its segment. */
export const chainLinkSchema = z.object({
  /** Its number within the segment: 1, 2, 3 … */
  segment_index: bigint,
  /** SHA-256 of the digest before it, of the event, and of its place. */
  digest: bytes,
  /** On the last event that one transaction stored in the segment: the signature of the segment's head as it then was. */
  head_key_id: optionalText,
  head_signature: optionalBytes,
});
export type ChainLink = z.output<typeof chainLinkSchema>;

/**
 * An event as the table `events` keeps it. Everything that stands in its row is either hashed, or proven by something that
 * is hashed: the sender's address by its commitment.
 */
export const chainedEventSchema = z.object({
  ...recordedEventSchema.shape,
  ...committedEventSchema.shape,
  ...chainLinkSchema.shape,
  /** By whom the pseudonym in place of an erased address is signed. */
  erasure_key_id: optionalText,
  erasure_signature: optionalBytes,
});
export type ChainedEvent = z.output<typeof chainedEventSchema>;

type Place = Pick<RecordedEvent, "position" | "recorded_on"> & Pick<ChainLink, "segment_index" | "head_key_id">;

const spelling = canonicalWriter([
  "event",
  "head_key_id",
  "position",
  "previous",
  "recorded_on",
  "segment_index",
] as const);

/**
 * The digest after an event: SHA-256 of the canonical JSON of the digest before it, of `eventHash`, and of its place. A
 * signature cannot stand in what it signs; that there is one, and by which key, does.
 */
export function digestAfter(previous: Buffer, event: string, place: Place): Buffer {
  const { position, recorded_on, segment_index, head_key_id } = place;
  return hash("sha256", spelling({ event, head_key_id, position, previous, recorded_on, segment_index }), "buffer");
}
