import type { Endpoint } from "./endpoint.ts";
import { EXPORT_CSV } from "./export-csv.ts";
import { EXPORT_NDJSON } from "./export-ndjson.ts";
import { GET_DOCUMENT } from "./get-document.ts";
import { GET_SESSION } from "./get-session.ts";
import { GET_STATS } from "./get-stats.ts";
import { GET_STATUS } from "./get-status.ts";
import { LIST_DOCUMENTS } from "./list-documents.ts";
import { LIST_EVENTS } from "./list-events.ts";
import { LIST_TENANTS } from "./list-tenants.ts";
import { RUN_RETENTION } from "./run-retention.ts";
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
  GET_STATUS,
  LIST_TENANTS,
  RUN_RETENTION,
];
