import type { PoolClient } from "pg";
import { z } from "zod";
import { columnArrays, columnList, unnestedRows } from "../database/columns.ts";
import { compareDocumentEvents, type DocumentEvent, documentEventSchema } from "./document-event.ts";
import { type FoldedDocument, foldedDocumentSchema } from "./document-row.ts";
import { DOCUMENTS_VERSION, foldDocument } from "./fold-document.ts";

// Named, so that each connection plans them once.
const SELECT_DOCUMENTS = {
  name: "select-documents",
  text: `SELECT ${columnList(foldedDocumentSchema)} FROM documents WHERE document_id = ANY ($1::uuid[])`,
};

const SELECT_HISTORIES = `
  SELECT ${columnList(documentEventSchema)}
  FROM events
  WHERE document_id = ANY ($1::uuid[]) AND tenant_id IS NOT NULL
  ORDER BY document_id, time, stream_sequence, event_id`;

const UPSERT_DOCUMENTS = {
  name: "upsert-documents",
  text: `
    INSERT INTO documents (${columnList(foldedDocumentSchema)})
    SELECT * FROM ${unnestedRows(foldedDocumentSchema)}
    ON CONFLICT (document_id) DO UPDATE SET (${columnList(foldedDocumentSchema)})
      = ROW (${excludedList()})
    WHERE documents IS DISTINCT FROM EXCLUDED`,
};

const DELETE_OTHERS = `
  DELETE FROM documents WHERE document_id = ANY ($1::uuid[]) AND NOT document_id = ANY ($2::uuid[])`;

function excludedList(): string {
  return Object.keys(foldedDocumentSchema.shape)
    .map((name) => `EXCLUDED.${name}`)
    .join(", ");
}

/** The events of a batch by the document that they are about. */
export type EventsByDocument = ReadonlyMap<string, readonly DocumentEvent[]>;

/** What folding new events into the rows of their documents has come to. */
export interface ExtendedDocuments {
  readonly documents: readonly FoldedDocument[];
  /** Documents whose row cannot be extended: one of their events came late, or an earlier version of the fold has made the row. */
  readonly toFoldAnew: readonly string[];
}

/** Folds new events into the rows of their documents, as `readDocuments` has read them. */
export function extendDocuments(rows: ReadonlyMap<string, FoldedDocument>, fresh: EventsByDocument): ExtendedDocuments {
  const documents: FoldedDocument[] = [];
  const toFoldAnew: string[] = [];
  for (const [documentId, events] of fresh) {
    const extended = extendDocument(rows.get(documentId), events);
    if (extended === undefined) toFoldAnew.push(documentId);
    else documents.push(extended);
  }
  return { documents, toFoldAnew };
}

/**
 * Folds the given documents anew from all their stored events; a row that no event speaks of is removed. Part of a
 * transaction that holds the storing lock.
 */
export async function refoldDocuments(client: PoolClient, documentIds: readonly string[]): Promise<void> {
  const documents = await foldHistories(client, documentIds);
  await upsertDocuments(client, documents);
  await client.query(DELETE_OTHERS, [documentIds, documents.map(({ document_id }) => document_id)]);
}

/** Undefined when the row cannot be extended by these events. A document without a row has no other events. */
function extendDocument(row: FoldedDocument | undefined, events: readonly DocumentEvent[]): FoldedDocument | undefined {
  const [first, ...later] = events.toSorted(compareDocumentEvents);
  if (first === undefined || (row !== undefined && !canBeExtended(row, first))) return undefined;
  return later.reduce<FoldedDocument>(foldDocument, foldDocument(row, first));
}

function canBeExtended(row: FoldedDocument, next: DocumentEvent): boolean {
  const last = { time: row.folded_time, stream_sequence: row.folded_sequence, event_id: row.folded_event_id };
  return row.projection_version === DOCUMENTS_VERSION && compareDocumentEvents(last, next) < 0;
}

/** The rows of the given documents that have one. */
export async function readDocuments(
  client: PoolClient,
  documentIds: readonly string[],
): Promise<ReadonlyMap<string, FoldedDocument>> {
  const { rows } = await client.query({ ...SELECT_DOCUMENTS, values: [documentIds] });
  const documents = z.array(foldedDocumentSchema).parse(rows);
  return new Map(documents.map((document) => [document.document_id, document]));
}

/**
 * The rows of the given documents, from all their stored events; none for a document that has none. Part of a transaction
 * that holds the storing lock.
 */
export async function foldHistories(client: PoolClient, documentIds: readonly string[]): Promise<FoldedDocument[]> {
  if (documentIds.length === 0) return [];
  const { rows } = await client.query(SELECT_HISTORIES, [documentIds]);
  const folded = new Map<string, FoldedDocument>();
  for (const event of z.array(documentEventSchema).parse(rows)) {
    folded.set(event.document_id, foldDocument(folded.get(event.document_id), event));
  }
  return [...folded.values()];
}

export async function upsertDocuments(client: PoolClient, documents: readonly FoldedDocument[]): Promise<void> {
  if (documents.length === 0) return;
  await client.query({ ...UPSERT_DOCUMENTS, values: columnArrays(foldedDocumentSchema, documents) });
}
