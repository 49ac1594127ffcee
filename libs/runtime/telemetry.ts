import { randomBytes } from "node:crypto";
import { EVENTS_STREAM, TRANSFER_SERVICES, transferOpenSubject } from "@flowstate/contracts";
import {
  type Context,
  context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { z } from "zod";
import { type ClosedList, listed, NO_TEXT, SLUG, saidOf, UUID } from "./closed-list.ts";
import { outboundUrl } from "./config.ts";
import { ERROR_NAMES } from "./known-errors.ts";
import { ENDS, HTTP_METHODS, REASONS, ROUTES, SAID, SPANS } from "./known-words.ts";
import type { Exported } from "./telemetry-exporter.ts";

/**
 * Tracing with W3C Trace Context. Ids always exist and travel, so that log lines of one mail can be found together; spans
 * are recorded only when an OTLP endpoint is configured, because the SDK costs start-up time and memory.
 *
 * Spans are made by hand at the few places that matter instead of by auto-instrumentation: what a span may carry is then
 * a type, not a filter over somebody else's choice.
 */

/** The only attributes a span can carry. Names follow the OpenTelemetry semantic conventions where they exist. */
export interface SpanAttributes {
  readonly "flowstate.tenant_id"?: string;
  readonly "flowstate.mail_id"?: string;
  readonly "flowstate.document_id"?: string;
  readonly "flowstate.end"?: string;
  readonly "flowstate.code"?: string;
  readonly "flowstate.ambiguous"?: boolean;
  readonly "flowstate.size_bytes"?: number;
  readonly "flowstate.page_count"?: number;
  readonly "flowstate.documents"?: number;
  readonly "flowstate.transfer.attempts"?: number;
  /** Requests to the model so far, for one document. */
  readonly "flowstate.model.attempts"?: number;
  readonly "http.request.method"?: string;
  readonly "http.request.resend_count"?: number;
  readonly "http.route"?: string;
  readonly "http.response.status_code"?: number;
  readonly "messaging.system.name"?: "nats";
  readonly "messaging.destination.name"?: string;
  readonly "messaging.operation.type"?: "send" | "process";
  readonly "messaging.batch.message_count"?: number;
  readonly "gen_ai.provider.name"?: "gcp.gemini";
  readonly "gen_ai.operation.name"?: "generate_content";
  readonly "gen_ai.request.model"?: string;
  /** Reasons from a closed list, one per candidate. */
  readonly "gen_ai.response.finish_reasons"?: string[];
  readonly "gen_ai.usage.input_tokens"?: number;
  readonly "gen_ai.usage.output_tokens"?: number;
}

/** Where transfers are opened, and the stream that events are read from. */
const DESTINATIONS: ReadonlySet<string> = new Set([...TRANSFER_SERVICES.map(transferOpenSubject), EVENTS_STREAM]);

const ATTRIBUTES: ClosedList<keyof SpanAttributes> = {
  "flowstate.tenant_id": SLUG,
  "flowstate.mail_id": UUID,
  "flowstate.document_id": UUID,
  "flowstate.end": ENDS,
  "flowstate.code": SAID,
  "flowstate.ambiguous": NO_TEXT,
  "flowstate.size_bytes": NO_TEXT,
  "flowstate.page_count": NO_TEXT,
  "flowstate.documents": NO_TEXT,
  "flowstate.transfer.attempts": NO_TEXT,
  "flowstate.model.attempts": NO_TEXT,
  "http.request.method": HTTP_METHODS,
  "http.request.resend_count": NO_TEXT,
  "http.route": ROUTES,
  "http.response.status_code": NO_TEXT,
  "messaging.system.name": new Set(["nats"]),
  "messaging.destination.name": DESTINATIONS,
  "messaging.operation.type": new Set(["send", "process"]),
  "messaging.batch.message_count": NO_TEXT,
  "gen_ai.provider.name": new Set(["gcp.gemini"]),
  "gen_ai.operation.name": new Set(["generate_content"]),
  "gen_ai.request.model": SLUG,
  "gen_ai.response.finish_reasons": [REASONS],
  "gen_ai.usage.input_tokens": NO_TEXT,
  "gen_ai.usage.output_tokens": NO_TEXT,
};

export const telemetrySettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: outboundUrl
    .optional()
    .describe(
      "Where spans and metrics go over OTLP/HTTP, for example https://collector:4318. Neither is recorded when absent.",
    ),
  OTEL_LOGS_EXPORTER: z
    .enum(["none", "otlp"])
    .default("none")
    .describe("otlp: log lines go to OTEL_EXPORTER_OTLP_ENDPOINT as well as to standard output."),
  // Read by the exporter itself, from the environment; here so that it is documented.
  OTEL_EXPORTER_OTLP_CERTIFICATE: z
    .string()
    .optional()
    .describe(
      "Path of the certificates of the authorities that the collector's may come from, when no public authority is meant: a " +
        "plain path, as every OpenTelemetry SDK reads it.",
    ),
};

/** Flushes and stops the exporter, if there is one. */
export type Telemetry = AsyncDisposable;

/** Whether an SDK makes and exports spans in this process. */
let recording = false;

/** Whether spans are recorded: what would be made for them alone need not be made otherwise. */
export function isTracing(): boolean {
  return recording;
}

/** Called once per process, before the first span. Imports the SDK only when `endpoint` is given. */
export async function startTelemetry(
  service: string,
  endpoint: URL | undefined,
  exported: Exported = { logs: false },
): Promise<Telemetry> {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  if (endpoint === undefined) return { async [Symbol.asyncDispose]() {} };
  const { startExporter } = await import("./telemetry-exporter.ts");
  const exporter = startExporter(service, endpoint, exported);
  recording = true;
  return exporter;
}

/** How a span starts: under the active one, under a remote parent, or beside others with links. */
export interface SpanStart {
  readonly kind?: SpanKind;
  readonly attributes?: SpanAttributes;
  /** A `traceparent` from another process; a malformed one starts a new trace, as the specification asks. */
  readonly parent?: string | undefined;
  /** `traceparent`s that this span continues without being their child. */
  readonly links?: readonly string[];
}

/** What a running span allows its owner to add. */
export interface ActiveSpan {
  set(attributes: SpanAttributes): void;
}

/**
 * Runs `work` inside a span. A rejection marks the span as failed with the error's class only; messages may hold content.
 */
export async function withSpan<T>(name: string, start: SpanStart, work: (span: ActiveSpan) => Promise<T>): Promise<T> {
  const parent = withTraceId(start.parent === undefined ? context.active() : remoteContext(start.parent));
  const span = trace
    .getTracer("flowstate")
    .startSpan(
      saidOf(name, SPANS),
      { kind: start.kind ?? SpanKind.INTERNAL, links: (start.links ?? []).flatMap(linkTo) },
      parent,
    );
  span.setAttributes(listed(ATTRIBUTES, start.attributes));
  try {
    return await context.with(trace.setSpan(parent, span), () =>
      work({ set: (attributes) => span.setAttributes(listed(ATTRIBUTES, attributes)) }),
    );
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute("error.type", classOf(error));
    throw error;
  } finally {
    span.end();
  }
}

function classOf(error: unknown): string {
  return error instanceof Error && ERROR_NAMES.has(error.name) ? error.name : "unknown";
}

export { SpanKind };

/** The active trace context as a `traceparent` header value, to hand to the next process. */
export function currentTraceparent(): string | undefined {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier["traceparent"];
}

/** Of the flags only "sampled" is defined (W3C Trace Context, level 1); others are not passed on. */
function remoteContext(traceparent: string): Context {
  const extracted = propagation.extract(ROOT_CONTEXT, { traceparent });
  const remote = trace.getSpanContext(extracted);
  if (remote === undefined) return extracted;
  return trace.setSpanContext(extracted, { ...remote, traceFlags: remote.traceFlags & TraceFlags.SAMPLED });
}

function linkTo(traceparent: string): Link[] {
  const linked = trace.getSpanContext(remoteContext(traceparent));
  return linked === undefined ? [] : [{ context: linked }];
}

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/**
 * Without an SDK no tracer makes ids. A random, unsampled context in their place keeps the log lines of one mail and the
 * ERP's `traceparent` connected. The SDK makes its own root.
 */
function withTraceId(parent: Context): Context {
  if (recording || trace.getSpanContext(parent) !== undefined) return parent;
  return trace.setSpanContext(parent, {
    traceId: randomBytes(TRACE_ID_BYTES).toString("hex"),
    spanId: randomBytes(SPAN_ID_BYTES).toString("hex"),
    traceFlags: TraceFlags.NONE,
  });
}
