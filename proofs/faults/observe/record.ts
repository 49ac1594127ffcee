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

/** What PostgreSQL has of a document. */
export interface DocumentRecord {
  /** In the order of recording. */
  readonly events: readonly RecordedEvent[];
  /** When all was there that must be, or it was given up: by `performance.now()`. */
  readonly completeAt: number;
}

/**
 * Reads it once all is there that must be, these deferrals too, and what may come still has come: batches may come in another
 * order, the last attempt before one that was put off. Or when `limitMs` are over.
 */
export async function recordOf(
  databaseUrl: string,
  documentId: string,
  deferred: readonly string[],
  limitMs: number,
): Promise<DocumentRecord> {
  let completeAt: number | undefined;
  for (const giveUpAt = performance.now() + limitMs; ; await sleep(POLL_MS)) {
    const events = await read(databaseUrl, documentId).catch(() => []);
    if (isComplete(events, deferred)) completeAt ??= performance.now();
    const isOver = performance.now() > giveUpAt;
    if (isOver || (completeAt !== undefined && hasEveryReceipt(events)))
      return { events, completeAt: completeAt ?? performance.now() };
  }
}

function isComplete(events: readonly RecordedEvent[], deferred: readonly string[]): boolean {
  const types = new Set(events.map(({ type }) => type));
  const codes = new Set(events.filter(({ type }) => type === "document.deferred").map(({ code }) => code));
  return (
    deferred.every((code) => codes.has(code)) &&
    [...WAY, "document.wiped"].every((type) => types.has(type)) &&
    events.some(isEnd)
  );
}

/**
 * Every attempt that comes to an end, this one or a deferral, leaves a receipt; but an end may be the last thing that a broker has
 * stored before it stored nothing any more. Its mail is answered 503 then, and the next attempt has a receipt of its own.
 */
function hasEveryReceipt(events: readonly RecordedEvent[]): boolean {
  const attempts = events.filter((event) => isEnd(event) || PASSING.has(event.type));
  return events.filter(({ type }) => type === "document.wiped").length >= attempts.length;
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
