import { z } from "zod";
import { EVENT_DATA } from "./events.ts";

/**
 * How a document was finished for good, as the ledger remembers it: one word, `delivered` or `refused`, and beside it the
 * event that says so. Whoever finds a settlement can put the end on record, whether or not that was done before.
 */

/** The events that end a document for good: each document has one of them, however often it comes. */
export const FINAL_EVENT_TYPES = [
  "document.delivered",
  "document.refused",
  "document.invalid",
  "document.undeliverable",
] as const;
export type FinalEventType = (typeof FINAL_EVENT_TYPES)[number];

function finalEvent<T extends FinalEventType>(type: T) {
  return z.strictObject({ type: z.literal(type), data: EVENT_DATA[type] });
}

export const finalEventSchema = z.discriminatedUnion("type", [
  finalEvent("document.delivered"),
  finalEvent("document.refused"),
  finalEvent("document.invalid"),
  finalEvent("document.undeliverable"),
]);
export type FinalEvent = z.infer<typeof finalEventSchema>;

/** The two words of the ledger. */
export type SettlementWord = "delivered" | "refused";

/** Which of them an end is. */
export function settledAs({ type }: Pick<FinalEvent, "type">): SettlementWord {
  return type === "document.delivered" ? "delivered" : "refused";
}

/**
 * The header in which a settlement carries its event, as JSON. A header, so that the entry itself stays the word that every
 * version and every tool reads.
 */
export const FINAL_EVENT_HEADER = "flowstate-final-event";
