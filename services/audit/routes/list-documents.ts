import { tracedRequest } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { columnList } from "../database/columns.ts";
import { DOCUMENT_STATUSES, type DocumentRow, documentRowSchema } from "../projection/document-row.ts";
import { type ApiAccess, authenticate, parseQuery, readOwnRows } from "./api-access.ts";
import { cursorSchema, cursorTime, cutPage, limitSchema } from "./page.ts";

const ROUTE = "/api/documents";

const querySchema = z.strictObject({
  limit: limitSchema,
  cursor: cursorSchema(z.tuple([cursorTime, z.uuid()])).optional(),
  status: z.enum(DOCUMENT_STATUSES).optional(),
});

const SELECT_PAGE = `
  SELECT ${columnList(documentRowSchema)}
  FROM documents
  WHERE tenant_id = $1
    AND ($2::timestamptz IS NULL OR (received_at, document_id) < ($2, $3::uuid))
    AND ($4::text IS NULL OR status = $4)
  ORDER BY received_at DESC, document_id DESC
  LIMIT $5`;

interface DocumentsPage {
  readonly documents: readonly DocumentRow[];
  readonly next_cursor: string | null;
}

/** `GET /api/documents?limit&cursor&status`: the tenant's documents, newest first. */
export function listDocuments(server: FastifyInstance, access: ApiAccess): void {
  server.get(ROUTE, (request, reply) =>
    tracedRequest(request, reply, ROUTE, async (): Promise<DocumentsPage> => {
      const tenant = await authenticate(request, access);
      const { limit, cursor, status } = parseQuery(querySchema, request);
      const [receivedAt, documentId] = cursor ?? [null, null];
      const values = [tenant, receivedAt, documentId, status ?? null, limit + 1];
      const found = await readOwnRows(access, tenant, (reader) => reader.rows(documentRowSchema, SELECT_PAGE, values));
      const page = cutPage(found, limit, (row) => [row.received_at, row.document_id]);
      return { documents: page.rows, next_cursor: page.nextCursor };
    }),
  );
}
