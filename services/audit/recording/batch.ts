import { type CommittedEvent, committedEventSchema, type HashedEvent } from "../chain/committed-event.ts";
import { NO_TENANT } from "../chain/segment.ts";
import { columnArrays } from "../database/columns.ts";
import { type DocumentEvent, isDocumentEvent } from "../projection/document-event.ts";
import type { EventsByDocument } from "../projection/update-documents.ts";

/**
 * Events that are stored together, with everything about them that the database is asked or told: made before the turn to
 * store, so that nobody waits for it.
 */
export interface Batch {
  readonly events: readonly HashedEvent[];
  /** The events' columns as the database takes them. */
  readonly columns: ReturnType<typeof columnArrays>;
  /** Whose chains they hang in. */
  readonly tenants: readonly string[];
  readonly byDocument: EventsByDocument;
}

/** Events in the order in which they are to be recorded; of several with one id, the first. */
export function prepareBatch(events: readonly HashedEvent[]): Batch {
  const unique = withoutRepetition(events);
  const rows: readonly CommittedEvent[] = unique.map(({ row }) => row);
  const aboutDocuments = rows.filter((row): row is CommittedEvent & DocumentEvent => isDocumentEvent(row));
  return {
    events: unique,
    columns: columnArrays(committedEventSchema, rows),
    tenants: [...new Set(rows.map(({ tenant_id }) => tenant_id ?? NO_TENANT))],
    byDocument: Map.groupBy(aboutDocuments, ({ document_id }) => document_id),
  };
}

function withoutRepetition(events: readonly HashedEvent[]): readonly HashedEvent[] {
  const byId = new Map<string, HashedEvent>();
  for (const event of events) if (!byId.has(event.row.event_id)) byId.set(event.row.event_id, event);
  return byId.size === events.length ? events : [...byId.values()];
}

/** What of the batch is new, given the ids that are stored already: ordinarily all of it. */
export function withoutStored(batch: Batch, stored: ReadonlySet<string>): Batch {
  return stored.size === 0 ? batch : prepareBatch(batch.events.filter(({ row }) => !stored.has(row.event_id)));
}
