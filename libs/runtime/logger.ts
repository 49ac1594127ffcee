import { context as activeContext, trace } from "@opentelemetry/api";
import pino, { type DestinationStream } from "pino";

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

const FIELD_NAMES: ReadonlySet<string> = new Set<keyof LogFields>([
  "mail_id",
  "document_id",
  "tenant_id",
  "transfer_id",
  "instance",
  "stage",
  "code",
  "rule",
  "end",
  "measure",
  "peer",
  "route",
  "method",
  "provider",
  "model",
  "finish_reason",
  "status",
  "erp_http_status",
  "attempts",
  "ambiguous",
  "documents",
  "events",
  "alerts",
  "affected",
  "segments",
  "page_count",
  "size_bytes",
  "wiped_bytes",
  "input_tokens",
  "output_tokens",
  "duration_ms",
  "signal",
  "holds",
  "url",
  "variable",
]);

/** What an identifier, a route or a code looks like. No spaces, no quotes, no at sign. */
const TOKEN = /^[A-Za-z0-9._:/[\]*-]{1,128}$/;
const WITHHELD = "[withheld]";

export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields, cause?: unknown): void;
  error(event: string, fields?: LogFields, cause?: unknown): void;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Writes JSON lines to standard output (or `destination`, in tests). */
export function createLogger(service: string, level: LogLevel = "info", destination?: DestinationStream): Logger {
  const sink = pino(
    { level, base: { service }, messageKey: "event", timestamp: pino.stdTimeFunctions.isoTime, mixin: traceIds },
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
  return {
    debug: (event, fields = {}) => sink.debug(allowed(fields), token(event)),
    info: (event, fields = {}) => sink.info(allowed(fields), token(event)),
    warn: (event, fields = {}, cause) => sink.warn({ ...allowed(fields), ...describeCause(cause) }, token(event)),
    error: (event, fields = {}, cause) => sink.error({ ...allowed(fields), ...describeCause(cause) }, token(event)),
  };
}

function token(value: string): string {
  return TOKEN.test(value) ? value : WITHHELD;
}

function allowed(fields: LogFields): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!FIELD_NAMES.has(name)) continue;
    if (typeof value === "number" || typeof value === "boolean") out[name] = value;
    else if (typeof value === "string") out[name] = token(value);
  }
  return out;
}

/**
 * Of an error: its class, its code and where in the code it arose. Never its message, which may quote what was being
 * parsed, nor its own properties.
 */
function describeCause(cause: unknown): Record<string, unknown> {
  if (cause === undefined) return {};
  if (!(cause instanceof Error)) return { error: token(typeof cause) };
  const code = (cause as NodeJS.ErrnoException).code;
  return {
    error: token(cause.name),
    ...(typeof code === "string" && { error_code: token(code) }),
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
