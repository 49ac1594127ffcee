import { HttpError, tracedRequest } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { columnList } from "../database/columns.ts";
import { type EventView, eventOfRow, eventRowSchema } from "../event-row.ts";
import { type DocumentRow, documentRowSchema } from "../projection/document-row.ts";
import { type ApiAccess, authenticate, parseQuery, readOwnRows } from "./api-access.ts";

const ROUTE = "/api/documents/:id";

/** The newest ones; `/api/events?document_id=` pages through all of them. */
const MAX_EVENTS = 200;

const paramsSchema = z.object({ id: z.uuid() });
const querySchema = z.strictObject({});

const SELECT_DOCUMENT = `
  SELECT ${columnList(documentRowSchema)} FROM documents WHERE tenant_id = $1 AND document_id = $2`;

const SELECT_EVENTS = `
  SELECT ${columnList(eventRowSchema)}
  FROM events
  WHERE tenant_id = $1 AND document_id = $2
  ORDER BY time DESC, stream_sequence DESC, event_id DESC
  LIMIT ${MAX_EVENTS}`;

interface DocumentDetails {
  readonly document: DocumentRow;
  /** Oldest first. */
  readonly events: readonly EventView[];
}

/** `GET /api/documents/:id`: one of the tenant's documents with its history. 404 for any other, whoever's it is. */
export function getDocument(server: FastifyInstance, access: ApiAccess): void {
  server.get(ROUTE, (request, reply) =>
    tracedRequest(request, reply, ROUTE, async (): Promise<DocumentDetails> => {
      const tenant = await authenticate(request, access);
      parseQuery(querySchema, request);
      const params = paramsSchema.safeParse(request.params);
      // What is no id is no document's id.
      if (!params.success) throw new HttpError("not_found");
      const values = [tenant, params.data.id];
      const { document, events } = await readOwnRows(access, tenant, async (reader) => ({
        document: (await reader.rows(documentRowSchema, SELECT_DOCUMENT, values))[0],
        events: await reader.rows(eventRowSchema, SELECT_EVENTS, values),
      }));
      if (document === undefined) throw new HttpError("not_found");
      return { document, events: events.reverse().map(eventOfRow) };
    }),
  );
}
