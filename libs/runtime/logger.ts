import type { LogEvent } from "@flowstate/contracts";
import { context as activeContext, logs, SeverityNumber, trace } from "@opentelemetry/api";
import pino, { type DestinationStream } from "pino";
import { type ClosedList, listed, NO_TEXT, SLUG, saidOf, UUID } from "./closed-list.ts";
import { ERROR_CODES, ERROR_NAMES } from "./known-errors.ts";
import {
  ENDS,
  EVENTS,
  HTTP_METHODS,
  MEASURES,
  PEERS,
  PROVIDERS,
  REASONS,
  ROUTES,
  RULES,
  SAID,
  SIGNALS,
  STAGES,
} from "./known-words.ts";

/**
 * Log lines are structured events from a closed vocabulary. There is no message text: a line has an event name and
 * fields of this list, and every value is a word of a list, an identifier, a number or a boolean. What else is given is
 * withheld, so that no error text of a third party and no extracted value can reach a log, not even by mistake.
 */
export interface LogFields {
  readonly mail_id?: string;
  readonly document_id?: string;
  readonly tenant_id?: string;
  readonly stage?: string;
  readonly code?: string;
  readonly rule?: string;
  readonly end?: string;
  readonly measure?: string;
  readonly peer?: string;
  readonly route?: string;
  readonly method?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly finish_reason?: string;
  readonly status?: number;
  readonly erp_http_status?: number;
  readonly attempts?: number;
  /** The other side may have acted although there was no answer. */
  readonly ambiguous?: boolean;
  readonly documents?: number;
  readonly events?: number;
  readonly alerts?: number;
  readonly affected?: number;
  readonly segments?: number;
  readonly page_count?: number;
  readonly size_bytes?: number;
  readonly wiped_bytes?: number;
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly duration_ms?: number;
  readonly signal?: string;
  readonly holds?: boolean;
  /** Where this service listens; set once at start. */
  readonly url?: string;
  /** Number of a change of the database's schema. */
  readonly migration?: number;
}

/** A scheme, a host of this machine as it was configured, a port. */
const OWN_ADDRESS = /^https?:\/\/[a-z0-9.:[\]-]{1,120}$/;

const FIELDS: ClosedList<keyof LogFields> = {
  mail_id: UUID,
  document_id: UUID,
  tenant_id: SLUG,
  stage: STAGES,
  code: SAID,
  rule: RULES,
  end: ENDS,
  measure: MEASURES,
  peer: PEERS,
  route: ROUTES,
  method: HTTP_METHODS,
  provider: PROVIDERS,
  model: SLUG,
  finish_reason: REASONS,
  status: NO_TEXT,
  erp_http_status: NO_TEXT,
  attempts: NO_TEXT,
  ambiguous: NO_TEXT,
  documents: NO_TEXT,
  events: NO_TEXT,
  alerts: NO_TEXT,
  affected: NO_TEXT,
  segments: NO_TEXT,
  page_count: NO_TEXT,
  size_bytes: NO_TEXT,
  wiped_bytes: NO_TEXT,
  input_tokens: NO_TEXT,
  output_tokens: NO_TEXT,
  duration_ms: NO_TEXT,
  signal: SIGNALS,
  holds: NO_TEXT,
  url: OWN_ADDRESS,
  migration: NO_TEXT,
};

export interface Logger {
  debug(event: LogEvent, fields?: LogFields): void;
  info(event: LogEvent, fields?: LogFields): void;
  warn(event: LogEvent, fields?: LogFields, cause?: unknown): void;
  error(event: LogEvent, fields?: LogFields, cause?: unknown): void;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

const SEVERITY: Readonly<Record<LogLevel, SeverityNumber>> = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
};

/**
 * Writes JSON lines to standard output (or `destination`, in tests), and gives the same fields to the OTLP exporter, if one
 * was started that takes lines: there is no second list of what a line may say.
 */
export function createLogger(service: string, level: LogLevel = "info", destination?: DestinationStream): Logger {
  const sink = pino(
    { level, base: { service }, messageKey: "event", timestamp: pino.stdTimeFunctions.isoTime, mixin: traceIds },
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
  const write = (severity: LogLevel, event: string, given: LogFields = {}, cause?: unknown) => {
    if (!sink.isLevelEnabled(severity)) return;
    const fields = { ...listed(FIELDS, given), ...describeCause(cause) };
    const name = saidOf(event, EVENTS);
    sink[severity](fields, name);
    logs.getLogger("flowstate").emit({
      severityNumber: SEVERITY[severity],
      severityText: severity,
      body: name,
      attributes: fields,
    });
  };
  return {
    debug: (event, fields) => write("debug", event, fields),
    info: (event, fields) => write("info", event, fields),
    warn: (event, fields, cause) => write("warn", event, fields, cause),
    error: (event, fields, cause) => write("error", event, fields, cause),
  };
}

/**
 * Of an error: its class, its code and where in the code it arose. Never its message, which may quote what was being
 * parsed, nor its own properties.
 */
function describeCause(cause: unknown): ReturnType<typeof listed> {
  if (cause === undefined) return {};
  if (!(cause instanceof Error)) return { error: typeof cause };
  const code = (cause as NodeJS.ErrnoException).code;
  return {
    error: saidOf(cause.name, ERROR_NAMES),
    ...(typeof code === "string" && { error_code: saidOf(code, ERROR_CODES) }),
    at: framesOf(cause),
  };
}

const MAX_FRAMES = 6;

/**
 * Source positions only. A stack begins with the message, which may span lines and look like frames itself, so nothing is
 * looked at before the message's end; a stack in which the message cannot be found is not looked at at all.
 */
function framesOf(error: Error): string[] {
  const stack = error.stack ?? "";
  const message = stack.indexOf(error.message);
  if (message === -1) return [];
  const frames: string[] = [];
  for (const line of stack.slice(message + error.message.length).split("\n")) {
    const position = /^\s+at .*?([\w@.-]+\/[\w.-]+\.(?:ts|js|mjs|cjs):\d+:\d+)\)?$/.exec(line)?.[1];
    if (position !== undefined && frames.length < MAX_FRAMES) frames.push(position);
  }
  return frames;
}

function traceIds(): Record<string, string> {
  const span = trace.getSpanContext(activeContext.active());
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}
