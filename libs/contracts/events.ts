import { z } from "zod";
import { codeSchema } from "./codes.ts";
import { sourceSchema } from "./erp-payload.ts";
import { validationStatusSchema } from "./extraction.ts";
import { documentIdSchema, eventIdSchema, mailIdSchema, tenantIdSchema } from "./ids.ts";

/**
 * The facts Flowstate keeps: metadata about mails and documents, in CloudEvents 1.0 envelopes. The schemas are closed:
 * there is no free-text field in which an extracted value, a file name or a third party's message could travel.
 */

/** RFC 5321 bounds a path to 256 octets with its angle brackets. */
const SENDER_EMAIL_MAX_LENGTH = 254;

/** Which part of the path a time or an end belongs to. */
export const stageSchema = z.enum(["receive", "claim", "extract", "deliver"]);
export type Stage = z.infer<typeof stageSchema>;

/** Who read the document: the e-invoice data inside it, or a model. */
export const providerSchema = z.enum(["e-invoice", "gemini"]);
export type Provider = z.infer<typeof providerSchema>;

/** A model's name as configured by the operator, never as answered by a third party. */
export const modelNameSchema = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/);

const count = z.int().nonnegative();

/** The closed list of data fields. An event type picks from it; nothing else exists. */
const FIELDS = {
  tenant_id: tenantIdSchema,
  mail_id: mailIdSchema,
  document_id: documentIdSchema,
  /** From the SMTP envelope. The only personal datum kept; erased on request. */
  sender_email: z.email().max(SENDER_EMAIL_MAX_LENGTH),
  source: sourceSchema,
  size_bytes: count,
  page_count: count,
  stage: stageSchema,
  code: codeSchema("refused", "invalid", "undeliverable", "deferred", "ignored", "unroutable", "mail_refused"),
  duration_ms: count,
  validation_status: validationStatusSchema,
  validation_issue_count: count,
  provider: providerSchema,
  model: modelNameSchema,
  input_tokens: count,
  output_tokens: count,
  erp_http_status: z.int().min(100).max(599),
  attempts: count,
  /** Bytes zeroed, by the service that held them. */
  wiped_bytes: z.strictObject({
    ingest: count.optional(),
    extractor: count.optional(),
    "erp-pusher": count.optional(),
  }),
} as const;

const mail = { tenant_id: FIELDS.tenant_id, mail_id: FIELDS.mail_id };
const document = { ...mail, document_id: FIELDS.document_id };

/** An end of a document: which code, at which stage, after how long. */
function documentEnd<E extends "refused" | "invalid" | "undeliverable" | "deferred">(end: E) {
  return z.strictObject({
    ...document,
    code: codeSchema(end),
    stage: FIELDS.stage,
    duration_ms: FIELDS.duration_ms,
    page_count: FIELDS.page_count.optional(),
    validation_status: FIELDS.validation_status.optional(),
    validation_issue_count: FIELDS.validation_issue_count.optional(),
    erp_http_status: FIELDS.erp_http_status.optional(),
    attempts: FIELDS.attempts.optional(),
  });
}

/** The data of each event type. Keys are CloudEvents `type`s. */
export const EVENT_DATA = {
  "mail.received": z.strictObject({
    ...mail,
    sender_email: FIELDS.sender_email.optional(),
    source: FIELDS.source,
    size_bytes: FIELDS.size_bytes,
  }),
  "mail.ignored": z.strictObject({ ...mail, code: codeSchema("ignored") }),
  "mail.unroutable": z.strictObject({
    mail_id: FIELDS.mail_id,
    sender_email: FIELDS.sender_email.optional(),
    source: FIELDS.source,
    size_bytes: FIELDS.size_bytes,
    code: codeSchema("unroutable"),
  }),
  /** Nobody's: the mail could not be taken apart, so its recipients and its Message-ID are not known. */
  "mail.refused": z.strictObject({
    mail_id: FIELDS.mail_id,
    source: FIELDS.source,
    size_bytes: FIELDS.size_bytes.optional(),
    code: codeSchema("mail_refused"),
  }),
  "document.received": z.strictObject({
    ...document,
    sender_email: FIELDS.sender_email.optional(),
    source: FIELDS.source,
    size_bytes: FIELDS.size_bytes,
    /** From the beginning of the request that brought it, waiting for the other documents of its mail included. */
    duration_ms: FIELDS.duration_ms.optional(),
  }),
  /** One attempt has the exclusive right to work on it. */
  "document.claimed": z.strictObject({ ...document, duration_ms: FIELDS.duration_ms }),
  "document.extracted": z.strictObject({
    ...document,
    duration_ms: FIELDS.duration_ms,
    page_count: FIELDS.page_count,
    provider: FIELDS.provider,
    model: FIELDS.model.optional(),
    input_tokens: FIELDS.input_tokens.optional(),
    output_tokens: FIELDS.output_tokens.optional(),
    attempts: FIELDS.attempts.optional(),
    validation_status: FIELDS.validation_status,
    validation_issue_count: FIELDS.validation_issue_count,
  }),
  "document.delivered": z.strictObject({
    ...document,
    duration_ms: FIELDS.duration_ms,
    /** Absent when the extraction was the answer to the caller, and no ERP was asked. */
    erp_http_status: FIELDS.erp_http_status.optional(),
    attempts: FIELDS.attempts,
  }),
  "document.refused": documentEnd("refused"),
  /** Reading it cost as much as reading what is delivered. */
  "document.invalid": documentEnd("invalid").extend({
    provider: FIELDS.provider.optional(),
    model: FIELDS.model.optional(),
    input_tokens: FIELDS.input_tokens.optional(),
    output_tokens: FIELDS.output_tokens.optional(),
  }),
  "document.undeliverable": documentEnd("undeliverable"),
  "document.deferred": documentEnd("deferred"),
  "document.duplicate": z.strictObject(document),
  "document.wiped": z.strictObject({ ...document, wiped_bytes: FIELDS.wiped_bytes }),
} as const;

export type EventType = keyof typeof EVENT_DATA;
export type EventData<T extends EventType> = z.infer<(typeof EVENT_DATA)[T]>;
export const EVENT_TYPES = Object.keys(EVENT_DATA) as readonly EventType[];

/** A service as an event's source: `/flowstate/ingest`. */
const sourceUriSchema = z.enum(["/flowstate/ingest", "/flowstate/audit"]);

function envelope<T extends EventType>(type: T) {
  return z.strictObject({
    specversion: z.literal("1.0"),
    id: eventIdSchema,
    source: sourceUriSchema,
    type: z.literal(type),
    time: z.iso.datetime(),
    /** The document, or the mail where the fact is about the whole mail. */
    subject: z.union([documentIdSchema, mailIdSchema]),
    datacontenttype: z.literal("application/json"),
    dataschema: z.literal(dataschemaOf(type)),
    /** W3C Trace Context, the CloudEvents distributed tracing extension. */
    traceparent: z
      .string()
      .regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
      .optional(),
    data: EVENT_DATA[type],
  });
}

/** Names the data schema and its version; a breaking change of a type's data gets a new one. */
export function dataschemaOf(type: EventType): string {
  return `urn:flowstate:event:${type}:1`;
}

/** Any event, as it stands on the stream. Parsing rejects everything that is not on the list. */
export const eventSchema = z.discriminatedUnion("type", [
  envelope("mail.received"),
  envelope("mail.ignored"),
  envelope("mail.unroutable"),
  envelope("mail.refused"),
  envelope("document.received"),
  envelope("document.claimed"),
  envelope("document.extracted"),
  envelope("document.delivered"),
  envelope("document.refused"),
  envelope("document.invalid"),
  envelope("document.undeliverable"),
  envelope("document.deferred"),
  envelope("document.duplicate"),
  envelope("document.wiped"),
]);
export type FlowstateEvent = z.infer<typeof eventSchema>;
export type EventSource = z.infer<typeof sourceUriSchema>;
