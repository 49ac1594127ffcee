import { documentIdSchema, EVENT_TYPES, mailIdSchema } from "@flowstate/contracts";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { columnList } from "../database/columns.ts";
import { type EventView, eventOfRow, recordedEventSchema } from "../recording/event-row.ts";
import { eventAnswer } from "./answers.ts";
import { type ApiAccess, readRows } from "./api-access.ts";
import { type Endpoint, serve } from "./endpoint.ts";
import { cursorSchema, cursorTime, cutPage, limitSchema, nextCursorSchema } from "./page.ts";
import { timeRange } from "./time-range.ts";
import { tenantParameter } from "./viewer.ts";

export const LIST_EVENTS = {
  method: "GET",
  path: "/api/events",
  scope: "read",
  summary: "Events, newest first",
  query: z.strictObject({
    limit: limitSchema,
    cursor: cursorSchema(z.tuple([cursorTime, z.int().nonnegative()])),
    document_id: documentIdSchema.optional().describe("About one document."),
    mail_id: mailIdSchema.optional().describe("About one mail and its documents."),
    type: z.enum(EVENT_TYPES).optional().describe("What happened."),
    ...timeRange,
    tenant: tenantParameter,
  }),
  answer: {
    description: "A page. `since` and `until` are about `time`.",
    schema: z.strictObject({ events: z.array(eventAnswer), next_cursor: nextCursorSchema }),
  },
} as const satisfies Endpoint;

const SELECT_PAGE = `
  SELECT ${columnList(recordedEventSchema)}
  FROM events
  WHERE ($1::text IS NULL OR tenant_id = $1)
    AND ($2::timestamptz IS NULL OR (time, position) < ($2, $3::bigint))
    AND ($4::uuid IS NULL OR document_id = $4)
    AND ($5::uuid IS NULL OR mail_id = $5)
    AND ($6::text IS NULL OR type = $6)
    AND ($7::timestamptz IS NULL OR time >= $7)
    AND ($8::timestamptz IS NULL OR time < $8)
  ORDER BY time DESC, position DESC
  LIMIT $9`;

interface EventsPage {
  readonly events: readonly EventView[];
  readonly next_cursor: string | null;
}

/** `GET /api/events`: what happened, newest first. What belongs to no tenant is seen with an operator's key only. */
export function listEvents(server: FastifyInstance, access: ApiAccess): void {
  serve(server, access, LIST_EVENTS, async ({ viewer, query }): Promise<EventsPage> => {
    const { limit, cursor, document_id, mail_id, type, since, until } = query;
    const values = [
      viewer.tenant ?? null,
      ...(cursor ?? [null, null]),
      document_id ?? null,
      mail_id ?? null,
      type ?? null,
      since ?? null,
      until ?? null,
      limit + 1,
    ];
    const found = await readRows(access, viewer, (reader) => reader.rows(recordedEventSchema, SELECT_PAGE, values));
    const page = cutPage(found, limit, (row) => [row.time, row.position]);
    return { events: page.rows.map(eventOfRow), next_cursor: page.nextCursor };
  });
}
