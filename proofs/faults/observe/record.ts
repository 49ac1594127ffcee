import { setTimeout as sleep } from "node:timers/promises";
import { FINAL_EVENT_TYPES } from "@flowstate/contracts";
import pg from "pg";
import { z } from "zod";

const POLL_MS = 250;
const eventSchema = z.object({ type: z.string(), code: z.string().nullable() });
export type RecordedEvent = z.infer<typeof eventSchema>;

const FINAL: ReadonlySet<string> = new Set(FINAL_EVENT_TYPES);

/** What every document that is delivered has on record before its end. */
export const WAY = ["document.received", "document.claimed", "document.extracted"];
const PASSING: ReadonlySet<string> = new Set(["document.deferred", "document.duplicate"]);

/** Whether this event is one of those of which a document has exactly one. */
export function isEnd({ type }: RecordedEvent): boolean {
  return FINAL.has(type);
}

/** What PostgreSQL has of a document, in the order of recording, once all of it is there, these deferrals too, or `limitMs` over. */
export async function recordOf(
  databaseUrl: string,
  documentId: string,
  deferred: readonly string[],
  limitMs: number,
): Promise<RecordedEvent[]> {
  for (const giveUpAt = performance.now() + limitMs; ; await sleep(POLL_MS)) {
    const events = await read(databaseUrl, documentId).catch(() => []);
    if (isComplete(events, deferred) || performance.now() > giveUpAt) return events;
  }
}

/**
 * Every attempt that comes to an end, this one or a deferral, leaves a receipt. Batches may come in another order: the last
 * attempt may be on record, receipt and all, before one that was put off.
 */
function isComplete(events: readonly RecordedEvent[], deferred: readonly string[]): boolean {
  const attempts = events.filter((event) => isEnd(event) || PASSING.has(event.type));
  const receipts = events.filter(({ type }) => type === "document.wiped");
  const types = new Set(events.map(({ type }) => type));
  const codes = new Set(events.filter(({ type }) => type === "document.deferred").map(({ code }) => code));
  return (
    deferred.every((code) => codes.has(code)) &&
    WAY.every((type) => types.has(type)) &&
    events.some(isEnd) &&
    receipts.length >= attempts.length
  );
}

async function read(databaseUrl: string, documentId: string): Promise<RecordedEvent[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on("error", () => {});
  await client.connect();
  try {
    const { rows } = await client.query("SELECT type, code FROM events WHERE document_id = $1 ORDER BY position", [
      documentId,
    ]);
    return eventSchema.array().parse(rows);
  } finally {
    await client.end();
  }
}
