import { hash } from "node:crypto";
import type { z } from "zod";
import { optionalBytes } from "../database/columns.ts";
import { type EventRow, eventRowSchema } from "../recording/event-row.ts";
import { canonicalJson } from "./canonical-json.ts";
import { commitSender } from "./sender-commitment.ts";

/** An event with the commitment to its sender: what can be said of it before it has its place in the record. */
export const committedEventSchema = eventRowSchema.extend({
  sender_salt: optionalBytes,
  sender_commitment: optionalBytes,
});
export type CommittedEvent = z.output<typeof committedEventSchema>;

export function commitEvent(event: EventRow): CommittedEvent {
  return { ...event, ...commitSender(event.sender_email) };
}

type HashedFields = Omit<CommittedEvent, "sender_email" | "sender_salt">;

/** All fields of an event but its sender; in the order that canonical JSON has them, which spares sorting. */
const FIELDS = eventRowSchema.omit({ sender_email: true }).keyof().options.toSorted();

/**
 * SHA-256, in hexadecimal digits, of the canonical JSON of all fields that are not null. In the place of the sender's address stands its commitment,
 * so that the address can be erased and the hash still holds.
 */
export function eventHash(event: HashedFields): string {
  const hashed: Record<string, string | number> = {};
  for (const name of FIELDS) {
    const value = event[name];
    if (value !== null) hashed[name] = value;
  }
  if (event.sender_commitment !== null) hashed["sender_commitment"] = event.sender_commitment.toString("hex");
  return hash("sha256", canonicalJson(hashed), "hex");
}
