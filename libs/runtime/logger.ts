import { context as activeContext, logs, SeverityNumber, trace } from "@opentelemetry/api";
import pino, { type DestinationStream } from "pino";
import {
  type ClosedList,
  FINISH_REASON,
  HTTP_METHOD,
  listed,
  NO_TEXT,
  SLUG,
  shaped,
  UUID,
  WORDS,
} from "./closed-list.ts";

/**
 * Log lines are structured events from a closed vocabulary. There is no message text: a line has an event name and
 * fields of this list, and every value must look like an identifier, a number or a boolean. What does not is withheld,
 * so that no error text of a third party and no extracted value can reach a log, not even by mistake.
 */
export interface LogFields {
  readonly mail_id?: string;
  readonly document_id?: string;
  readonly tenant_id?: string;
  readonly transfer_id?: string;
  readonly instance?: string;
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
  readonly variable?: string;
}

const SHAPES: ClosedList<keyof LogFields> = {
  mail_id: UUID,
  document_id: UUID,
  tenant_id: SLUG,
  transfer_id: /^[0-9a-f]{32}$/,
  instance: UUID,
  stage: WORDS,
  code: WORDS,
  rule: WORDS,
  end: WORDS,
  measure: WORDS,
  peer: WORDS,
  route: WORDS,
  method: HTTP_METHOD,
  provider: SLUG,
  model: SLUG,
  finish_reason: FINISH_REASON,
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
  signal: /^SIG[A-Z0-9]{1,16}$/,
  holds: NO_TEXT,
  url: WORDS,
  variable: /^[A-Z][A-Z0-9_]{0,63}$/,
};
/** Classes are named in code; anything else that an error calls itself was composed from something. */
const ERROR_CLASS = /^(?:[A-Za-z]{0,58}Error|error)$/;
/** The system's and the database's codes, and our own. */
const ERROR_CODE = /^(?:[A-Z0-9_]{1,64}|[a-z_]{1,64})$/;

export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields, cause?: unknown): void;
  error(event: string, fields?: LogFields, cause?: unknown): void;
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
    const fields = { ...listed(SHAPES, given), ...describeCause(cause) };
    const name = shaped(event, WORDS);
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
    error: shaped(cause.name, ERROR_CLASS),
    ...(typeof code === "string" && { error_code: shaped(code, ERROR_CODE) }),
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
