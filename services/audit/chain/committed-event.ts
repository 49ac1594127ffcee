import { hash } from "node:crypto";
import type { z } from "zod";
import { optionalBytes } from "../database/columns.ts";
import { type EventRow, eventRowSchema } from "../recording/event-row.ts";
import { canonicalWriter } from "./canonical-json.ts";
import { commitSender } from "./sender-commitment.ts";

/** An event with the commitment to its sender: what can be said of it before it has its place in the record. */
export const committedEventSchema = eventRowSchema.extend({
  sender_salt: optionalBytes,
  sender_commitment: optionalBytes,
});
export type CommittedEvent = z.output<typeof committedEventSchema>;

/** An event that is ready to be recorded. */
export interface HashedEvent {
  readonly row: CommittedEvent;
  /** `eventHash` */
  readonly hash: string;
}

/** Commits to the event's sender, and hashes what can be hashed of an event before it has its place. */
export function hashEvent(event: EventRow): HashedEvent {
  const row: CommittedEvent = { ...event, ...commitSender(event.sender_email) };
  return { row, hash: eventHash(row) };
}

type HashedFields = Omit<CommittedEvent, "sender_email" | "sender_salt">;

const spelling = canonicalWriter([
  ...eventRowSchema.omit({ sender_email: true }).keyof().options,
  "sender_commitment",
] as const);

/**
 * SHA-256, in hexadecimal digits, of the canonical JSON of all fields that are not null. In the place of the sender's address stands its commitment,
 * so that the address can be erased and the hash still holds.
 */
export function eventHash(event: HashedFields): string {
  return hash("sha256", spelling(event), "hex");
}
