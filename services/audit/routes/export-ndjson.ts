import type { FastifyInstance } from "fastify";
import { eventOfRow } from "../recording/event-row.ts";
import { eventAnswer } from "./answers.ts";
import type { ApiAccess } from "./api-access.ts";
import type { Endpoint } from "./endpoint.ts";
import { EXPORT, type Exporting, serveExport } from "./export-events.ts";

const TYPE = "application/x-ndjson";

export const EXPORT_NDJSON = {
  ...EXPORT,
  path: "/api/export.ndjson",
  summary: "All events of a time, as lines of JSON",
  answer: {
    description: "Oldest first, one event on each line. An answer that is cut off is not whole.",
    type: TYPE,
    schema: eventAnswer,
  },
} as const satisfies Endpoint;

/** `GET /api/export.ndjson`: events as `/api/events` shows them, without a bound. */
export function exportNdjson(server: FastifyInstance, access: ApiAccess, exporting: Exporting): void {
  serveExport(server, access, exporting, {
    endpoint: EXPORT_NDJSON,
    type: TYPE,
    fileName: "flowstate-events.ndjson",
    head: "",
    write: (row) => `${JSON.stringify(eventOfRow(row))}\n`,
  });
}
