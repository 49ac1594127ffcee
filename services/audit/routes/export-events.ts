import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { columnList } from "../database/columns.ts";
import { newestPosition } from "../live/live-tail.ts";
import { type RecordedEvent, recordedEventSchema } from "../recording/event-row.ts";
import { type ApiAccess, readRows } from "./api-access.ts";
import { type Endpoint, serve } from "./endpoint.ts";
import type { Places } from "./places.ts";
import { streamAnswer } from "./stream-answer.ts";
import { timeRange } from "./time-range.ts";
import { tenantParameter, type Viewer } from "./viewer.ts";

/** Events in one read: some hundred kilobytes, and some milliseconds of a connection to the database. */
const CHUNK = 1_000;

/** What both forms of an export have in common. */
export const EXPORT = {
  method: "GET",
  scope: "read",
  query: z.strictObject({ ...timeRange, tenant: tenantParameter }),
  failures: ["rate_limited"],
} as const satisfies Partial<Endpoint>;

const SELECT_CHUNK = `
  SELECT ${columnList(recordedEventSchema)}
  FROM events
  WHERE ($1::text IS NULL OR tenant_id = $1)
    AND ($2::timestamptz IS NULL OR (time, position) > ($2, $3::bigint))
    AND position <= $4
    AND ($5::timestamptz IS NULL OR time >= $5)
    AND ($6::timestamptz IS NULL OR time < $6)
  ORDER BY time, position
  LIMIT ${CHUNK}`;

/** What long answers share: their places, and the signal that aborts when the server closes. */
export interface Exporting {
  readonly places: Places;
  readonly closing: AbortSignal;
}

/** How events are written down. */
export interface ExportForm {
  readonly endpoint: Endpoint<typeof EXPORT.query>;
  readonly type: string;
  readonly fileName: string;
  readonly head: string;
  /** One event, with its line end. */
  write(event: RecordedEvent): string;
}

/**
 * Serves an export: the events that were recorded when it was asked for, oldest first. It is read in chunks, each in a
 * transaction of its own and only when the client has taken the last one: a slow client holds neither a connection nor a
 * snapshot of the database, and one that goes away is read for no more. What fails under way cuts the answer off.
 */
export function serveExport(
  server: FastifyInstance,
  access: ApiAccess,
  { places, closing }: Exporting,
  { endpoint, type, fileName, head, write }: ExportForm,
): void {
  serve(server, access, endpoint, async ({ viewer, key, query, reply }) => {
    using leaving = new DisposableStack();
    const place = leaving.use(places.take(key.digest));
    const newest = await newestPosition(access, viewer);
    leaving.move();
    reply.header("content-disposition", `attachment; filename="${fileName}"`);
    const settings = { type, place, endless: false, closing, logger: access.logger };
    return streamAnswer(reply, settings, async function* (over) {
      if (head !== "") yield head;
      for await (const chunk of chunksOf(access, viewer, { ...query, newest })) {
        // The server is closing: cut off rather than ended, or half of the events would look like all.
        over.throwIfAborted();
        yield chunk.map(write).join("");
      }
    });
  });
}

interface ExportRange {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** The last position to export. */
  readonly newest: number;
}

async function* chunksOf(
  access: ApiAccess,
  viewer: Viewer,
  { since, until, newest }: ExportRange,
): AsyncGenerator<readonly RecordedEvent[]> {
  let last: RecordedEvent | undefined;
  for (;;) {
    const values = [
      viewer.tenant ?? null,
      last?.time ?? null,
      last?.position ?? null,
      newest,
      since ?? null,
      until ?? null,
    ];
    const chunk = await readRows(access, viewer, (reader) => reader.rows(recordedEventSchema, SELECT_CHUNK, values));
    if (chunk.length > 0) yield chunk;
    if (chunk.length < CHUNK) return;
    last = chunk.at(-1);
  }
}
