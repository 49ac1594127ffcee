import { documentIdSchema, EVENT_DATA } from "@flowstate/contracts";
import { tracedRequest } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { columnList } from "../database/columns.ts";
import { type EventView, eventOfRow, recordedEventSchema } from "../event-row.ts";
import { type ApiAccess, authenticate, parseQuery, readOwnRows } from "./api-access.ts";
import { cursorSchema, cursorTime, cutPage, limitSchema } from "./page.ts";

const ROUTE = "/api/events";

const querySchema = z.strictObject({
  limit: limitSchema,
  cursor: cursorSchema(z.tuple([cursorTime, z.int().nonnegative()])).optional(),
  document_id: documentIdSchema.optional(),
  type: z
    .string()
    .refine((type) => Object.hasOwn(EVENT_DATA, type))
    .optional(),
});

const SELECT_PAGE = `
  SELECT ${columnList(recordedEventSchema)}
  FROM events
  WHERE tenant_id = $1
    AND ($2::timestamptz IS NULL OR (time, position) < ($2, $3::bigint))
    AND ($4::uuid IS NULL OR document_id = $4)
    AND ($5::text IS NULL OR type = $5)
  ORDER BY time DESC, position DESC
  LIMIT $6`;

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
      const values = [tenant, ...(cursor ?? [null, null]), document_id ?? null, type ?? null, limit + 1];
      const found = await readOwnRows(access, tenant, (reader) =>
        reader.rows(recordedEventSchema, SELECT_PAGE, values),
      );
      const page = cutPage(found, limit, (row) => [row.time, row.position]);
      return { events: page.rows.map(eventOfRow), next_cursor: page.nextCursor };
    }),
  );
}
