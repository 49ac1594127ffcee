import type { z } from "zod";
import { text, uuid } from "../database/columns.ts";
import { type EventRow, eventRowSchema } from "../recording/event-row.ts";

/** An event that is about a document. */
export const documentEventSchema = eventRowSchema.extend({ tenant_id: text, document_id: uuid });
export type DocumentEvent = z.output<typeof documentEventSchema>;

/** Whether the event is about a document, and not about a whole mail. */
export function isDocumentEvent(row: EventRow): row is DocumentEvent {
  return row.tenant_id !== null && row.document_id !== null;
}

/** What a place in the order of a document's events is made of. */
type FoldKey = Pick<DocumentEvent, "time" | "stream_sequence" | "event_id">;

/**
 * The order in which a document's events are folded: by time; in the same millisecond as the stream has them; and if the
 * stream was made anew and numbers come again, by id. No two events are equal, so every arrival leads to one order.
 */
export function compareDocumentEvents(a: FoldKey, b: FoldKey): number {
  return compareText(a.time, b.time) || a.stream_sequence - b.stream_sequence || compareText(a.event_id, b.event_id);
}

/** By code unit, as PostgreSQL compares times and ids; ISO 8601 and lower-case hexadecimal sort as they stand. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
