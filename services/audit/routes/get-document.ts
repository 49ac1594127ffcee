import { documentIdSchema } from "@flowstate/contracts";
import { HttpError } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { columnList } from "../database/columns.ts";
import { type DocumentRow, documentRowSchema } from "../projection/document-row.ts";
import { type EventView, eventOfRow, eventRowSchema } from "../recording/event-row.ts";
import { documentAnswer, eventAnswer } from "./answers.ts";
import { type ApiAccess, readRows } from "./api-access.ts";
import { type Endpoint, serve } from "./endpoint.ts";
import { tenantParameter } from "./viewer.ts";

/** The newest ones; `/api/events?document_id=` pages through all of them. */
const MAX_EVENTS = 200;

const paramsSchema = z.object({ id: documentIdSchema });

export const GET_DOCUMENT = {
  method: "GET",
  path: "/api/documents/:id",
  scope: "read",
  summary: "One document and what happened to it",
  params: paramsSchema,
  query: z.strictObject({ tenant: tenantParameter }),
  answer: {
    description: `The document, and its newest ${MAX_EVENTS} events, oldest first.`,
    schema: z.strictObject({ document: documentAnswer, events: z.array(eventAnswer) }),
  },
  failures: ["not_found"],
} as const satisfies Endpoint;

const SELECT_DOCUMENT = `
  SELECT ${columnList(documentRowSchema)}
  FROM documents
  WHERE ($1::text IS NULL OR tenant_id = $1) AND document_id = $2`;

const SELECT_EVENTS = `
  SELECT ${columnList(eventRowSchema)}
  FROM events
  WHERE ($1::text IS NULL OR tenant_id = $1) AND document_id = $2
  ORDER BY time DESC, stream_sequence DESC, event_id DESC
  LIMIT ${MAX_EVENTS}`;

interface DocumentDetails {
  readonly document: DocumentRow;
  /** Oldest first. */
  readonly events: readonly EventView[];
}

/** `GET /api/documents/:id`: a document with its history. 404 for any that the viewer does not see, whoever's it is. */
export function getDocument(server: FastifyInstance, access: ApiAccess): void {
  serve(server, access, GET_DOCUMENT, async ({ viewer, request }): Promise<DocumentDetails> => {
    const params = paramsSchema.safeParse(request.params);
    // What is no id is no document's id.
    if (!params.success) throw new HttpError("not_found");
    const values = [viewer.tenant ?? null, params.data.id];
    const { document, events } = await readRows(access, viewer, async (reader) => ({
      document: (await reader.rows(documentRowSchema, SELECT_DOCUMENT, values))[0],
      events: await reader.rows(eventRowSchema, SELECT_EVENTS, values),
    }));
    if (document === undefined) throw new HttpError("not_found");
    return { document, events: events.reverse().map(eventOfRow) };
  });
}
