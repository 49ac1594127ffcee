import { documentIdSchema, EVENT_DATA } from "@flowstate/contracts";
import { tracedRequest } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { columnList } from "../database/columns.ts";
import { type EventView, eventOfRow, eventRowSchema } from "../event-row.ts";
import { type ApiAccess, authenticate, parseQuery, queryRows } from "./api-access.ts";
import { cursorSchema, cursorTime, cutPage, limitSchema } from "./page.ts";

const ROUTE = "/api/events";

const querySchema = z.strictObject({
  limit: limitSchema,
  cursor: cursorSchema(z.tuple([cursorTime, z.int().nonnegative(), z.uuid()])).optional(),
  document_id: documentIdSchema.optional(),
  type: z
    .string()
    .refine((type) => Object.hasOwn(EVENT_DATA, type))
    .optional(),
});

const SELECT_PAGE = `
  SELECT ${columnList(eventRowSchema)}
  FROM events
  WHERE tenant_id = $1
    AND ($2::timestamptz IS NULL OR (time, stream_sequence, event_id) < ($2, $3::bigint, $4::uuid))
    AND ($5::uuid IS NULL OR document_id = $5)
    AND ($6::text IS NULL OR type = $6)
  ORDER BY time DESC, stream_sequence DESC, event_id DESC
  LIMIT $7`;

interface EventsPage {
  readonly events: readonly EventView[];
  readonly next_cursor: string | null;
}

/** `GET /api/events?limit&cursor&document_id&type`: the tenant's events, newest first. */
export function listEvents(server: FastifyInstance, access: ApiAccess): void {
  server.get(ROUTE, (request, reply) =>
    tracedRequest(request, reply, ROUTE, async (): Promise<EventsPage> => {
      const tenant = await authenticate(request, access);
      const { limit, cursor, document_id, type } = parseQuery(querySchema, request);
      const values = [tenant, ...(cursor ?? [null, null, null]), document_id ?? null, type ?? null, limit + 1];
      const found = await queryRows(access, eventRowSchema, SELECT_PAGE, values);
      const page = cutPage(found, limit, (row) => [row.time, row.stream_sequence, row.event_id]);
      return { events: page.rows.map(eventOfRow), next_cursor: page.nextCursor };
    }),
  );
}
