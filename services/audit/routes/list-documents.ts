import { CODES } from "@flowstate/contracts";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { columnList } from "../database/columns.ts";
import { DOCUMENT_STATUSES, type DocumentRow, documentRowSchema } from "../projection/document-row.ts";
import { documentAnswer } from "./answers.ts";
import { type ApiAccess, readRows } from "./api-access.ts";
import { type Endpoint, serve } from "./endpoint.ts";
import { cursorSchema, cursorTime, cutPage, limitSchema, nextCursorSchema } from "./page.ts";
import { timeRange } from "./time-range.ts";
import { tenantParameter } from "./viewer.ts";

/** An address, RFC 5321. */
const MAX_SENDER_LENGTH = 254;

export const LIST_DOCUMENTS = {
  method: "GET",
  path: "/api/documents",
  scope: "read",
  summary: "Documents, newest first",
  query: z.strictObject({
    limit: limitSchema,
    cursor: cursorSchema(z.tuple([cursorTime, z.uuid()])),
    status: z
      .preprocess(
        (status) => (typeof status === "string" ? [status] : status),
        z.array(z.enum(DOCUMENT_STATUSES)).min(1).max(DOCUMENT_STATUSES.length),
      )
      .optional()
      .describe("Where a document stands. May come several times, for any of them."),
    code: z
      .string()
      .refine((code) => Object.hasOwn(CODES, code))
      .optional()
      .describe("Why it ended, or waits: docs/errors/<code>.md."),
    sender: z
      .email()
      .max(MAX_SENDER_LENGTH)
      .optional()
      .describe("The envelope's sender: the whole address, as it was written or in lower case."),
    ...timeRange,
    tenant: tenantParameter,
  }),
  answer: {
    description: "A page. `since` and `until` are about `received_at`.",
    schema: z.strictObject({ documents: z.array(documentAnswer), next_cursor: nextCursorSchema }),
  },
} as const satisfies Endpoint;

/**
 * A single status stands for itself: the planner takes an index for `=` in the order of the page, not for ANY. Nothing is
 * compared through a function: row-level security lets no index be used for one that might tell of other rows.
 */
const SELECT_PAGE = `
  SELECT ${columnList(documentRowSchema)}
  FROM documents
  WHERE ($1::text IS NULL OR tenant_id = $1)
    AND ($2::timestamptz IS NULL OR (received_at, document_id) < ($2, $3::uuid))
    AND ($4::text IS NULL OR status = $4)
    AND ($5::text[] IS NULL OR status = ANY ($5))
    AND ($6::text IS NULL OR code = $6)
    AND ($7::text[] IS NULL OR sender_email = ANY ($7))
    AND ($8::timestamptz IS NULL OR received_at >= $8)
    AND ($9::timestamptz IS NULL OR received_at < $9)
  ORDER BY received_at DESC, document_id DESC
  LIMIT $10`;

interface DocumentsPage {
  readonly documents: readonly DocumentRow[];
  readonly next_cursor: string | null;
}

/** `GET /api/documents`: what stands where, newest first. */
export function listDocuments(server: FastifyInstance, access: ApiAccess): void {
  serve(server, access, LIST_DOCUMENTS, async ({ viewer, query }): Promise<DocumentsPage> => {
    const { limit, cursor, status = [], code, sender, since, until } = query;
    const [receivedAt, documentId] = cursor ?? [null, null];
    const values = [
      viewer.tenant ?? null,
      receivedAt,
      documentId,
      status.length === 1 ? status[0] : null,
      status.length > 1 ? status : null,
      code ?? null,
      sender === undefined ? null : [sender, sender.toLowerCase()],
      since ?? null,
      until ?? null,
      limit + 1,
    ];
    const found = await readRows(access, viewer, (reader) => reader.rows(documentRowSchema, SELECT_PAGE, values));
    const page = cutPage(found, limit, (row) => [row.received_at, row.document_id]);
    return { documents: page.rows, next_cursor: page.nextCursor };
  });
}
