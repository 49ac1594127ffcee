import type { Pool } from "pg";
import { z } from "zod";
import { bigint, columnList } from "../database/columns.ts";
import { readEverything } from "../database/read-rows.ts";
import { type DocumentRow, documentRowSchema } from "../projection/document-row.ts";
import { type EventView, eventOfRow, recordedEventSchema } from "../recording/event-row.ts";
import { type ApiAccess, readRows } from "../routes/api-access.ts";
import type { Viewer } from "../routes/viewer.ts";

/** A reader that cannot keep up holds one page, and no more is read for it. */
const MAX_EVENTS = 100;

const SELECT_HEAD = "SELECT position FROM recording_head";

const SELECT_NEWEST = `
  SELECT coalesce(max(position), 0) AS position FROM events WHERE $1::text IS NULL OR tenant_id = $1`;

const SELECT_RECORDED = `
  SELECT ${columnList(recordedEventSchema)}
  FROM events
  WHERE ($1::text IS NULL OR tenant_id = $1) AND position > $2 AND position <= $3
  ORDER BY position
  LIMIT ${MAX_EVENTS}`;

const SELECT_DOCUMENTS = `
  SELECT ${columnList(documentRowSchema)}
  FROM documents
  WHERE ($1::text IS NULL OR tenant_id = $1) AND document_id = ANY ($2::uuid[])`;

const positionSchema = z.object({ position: bigint });

/** An event and where its document stands now, if it is about one that is still known. */
export interface RecordedEventView {
  readonly position: number;
  readonly event: EventView;
  readonly document: DocumentRow | null;
}

export interface TailPage {
  /** In the order of recording. */
  readonly recorded: readonly RecordedEventView[];
  /** Up to where the page tells everything: the next one begins after it. */
  readonly upTo: number;
}

/** The position of the event that was recorded last, whoever's it is. Rejects with the driver's error. */
export async function readPosition(operatorPool: Pool): Promise<number> {
  const [head] = await readEverything(operatorPool, (reader) => reader.rows(positionSchema, SELECT_HEAD, []));
  return head?.position ?? 0;
}

/** The position of the last event that the viewer sees; 0 before the first. Throws 503 while the database is away. */
export async function newestPosition(access: ApiAccess, viewer: Viewer): Promise<number> {
  const [newest] = await readRows(access, viewer, (reader) =>
    reader.rows(positionSchema, SELECT_NEWEST, [viewer.tenant ?? null]),
  );
  return newest?.position ?? 0;
}

/**
 * What was recorded, page by page, in its order. Positions are in the order of commits: whoever has read up to one has missed
 * nothing before it. Those who ask the same at the same time, which all readers of a tenant do that keep up, share one
 * answer.
 */
export class LiveTail {
  readonly #access: ApiAccess;
  readonly #underWay = new Map<string, Promise<TailPage>>();

  constructor(access: ApiAccess) {
    this.#access = access;
  }

  /** What the viewer sees of the events after `after` up to `newest`, or of the first of them. Throws as `readRows`. */
  async read(viewer: Viewer, after: number, newest: number): Promise<TailPage> {
    const question = JSON.stringify([viewer.kind, viewer.tenant, after, newest]);
    const underWay = this.#underWay.get(question);
    if (underWay !== undefined) return underWay;
    const reading = readPage(this.#access, viewer, after, newest).finally(() => this.#underWay.delete(question));
    this.#underWay.set(question, reading);
    return reading;
  }
}

async function readPage(access: ApiAccess, viewer: Viewer, after: number, newest: number): Promise<TailPage> {
  const tenant = viewer.tenant ?? null;
  const { events, documents } = await readRows(access, viewer, async (reader) => {
    const events = await reader.rows(recordedEventSchema, SELECT_RECORDED, [tenant, after, newest]);
    const ids = new Set(events.flatMap(({ document_id }) => document_id ?? []));
    return { events, documents: await reader.rows(documentRowSchema, SELECT_DOCUMENTS, [tenant, [...ids]]) };
  });
  const byId = new Map(documents.map((document) => [document.document_id, document]));
  const last = events.at(-1);
  return {
    recorded: events.map((row) => ({
      position: row.position,
      event: eventOfRow(row),
      document: row.document_id === null ? null : (byId.get(row.document_id) ?? null),
    })),
    upTo: events.length === MAX_EVENTS && last !== undefined ? last.position : newest,
  };
}
