import type { Endpoint } from "./endpoint.ts";
import { EXPORT_CSV } from "./export-csv.ts";
import { EXPORT_NDJSON } from "./export-ndjson.ts";
import { GET_DOCUMENT } from "./get-document.ts";
import { GET_SESSION } from "./get-session.ts";
import { GET_STATS } from "./get-stats.ts";
import { LIST_DOCUMENTS } from "./list-documents.ts";
import { LIST_EVENTS } from "./list-events.ts";
import { STREAM_EVENTS } from "./stream-events.ts";

/** Every endpoint that needs a key. */
export const ENDPOINTS: readonly Endpoint[] = [
  GET_SESSION,
  LIST_DOCUMENTS,
  GET_DOCUMENT,
  LIST_EVENTS,
  GET_STATS,
  STREAM_EVENTS,
  EXPORT_CSV,
  EXPORT_NDJSON,
];
