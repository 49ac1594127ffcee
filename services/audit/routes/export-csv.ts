import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { RecordedEvent } from "../recording/event-row.ts";
import type { ApiAccess } from "./api-access.ts";
import { csvRecord } from "./csv.ts";
import type { Endpoint } from "./endpoint.ts";
import { EXPORT, type Exporting, serveExport } from "./export-events.ts";

const TYPE = "text/csv; charset=utf-8; header=present";

/** What an export shows of an event, in this order; consumers go by the names in the first record. */
const COLUMNS = [
  "event_id",
  "type",
  "time",
  "tenant_id",
  "mail_id",
  "document_id",
  "sender_email",
  "source",
  "size_bytes",
  "page_count",
  "stage",
  "code",
  "duration_ms",
  "validation_status",
  "validation_issue_count",
  "provider",
  "model",
  "input_tokens",
  "output_tokens",
  "erp_http_status",
  "attempts",
  "wiped_bytes_ingest",
  "wiped_bytes_extractor",
  "wiped_bytes_erp_pusher",
  "trace_id",
] as const satisfies readonly (keyof RecordedEvent)[];

export const EXPORT_CSV = {
  ...EXPORT,
  path: "/api/export.csv",
  summary: "All events of a time, as CSV",
  answer: {
    description:
      `RFC 4180, oldest first, columns ${COLUMNS.join(", ")}; what an event does not state is empty. A cell that a ` +
      "spreadsheet would take for a formula begins with an apostrophe. An answer that is cut off is not whole.",
    type: TYPE,
    schema: z.string(),
  },
} as const satisfies Endpoint;

/** `GET /api/export.csv`: events for spreadsheets, without a bound. */
export function exportCsv(server: FastifyInstance, access: ApiAccess, exporting: Exporting): void {
  serveExport(server, access, exporting, {
    endpoint: EXPORT_CSV,
    type: TYPE,
    fileName: "flowstate-events.csv",
    head: csvRecord(COLUMNS),
    write: (row) => csvRecord(COLUMNS.map((column) => row[column])),
  });
}
