import { CODES, ERROR_CATEGORIES, type ErrorCategory, errorBody, extractionSchema } from "@flowstate/contracts";
import { z } from "zod";
import { uploadHeadersSchema, uploadQuerySchema } from "./upload-documents.ts";

const OPENAPI_VERSION = "3.1.1";
const DOCUMENT_VERSION = "1.0.0";
const JSON_TYPE = "application/json";

const answeredDocumentSchema = z.strictObject({
  document_id: z.uuid().describe("The same on every repetition, and the webhook-id that the ERP sees."),
  status: z
    .enum(["delivered", "duplicate", "refused", "invalid", "undeliverable"])
    .describe("duplicate: finished before, in whatever way; nothing was done again."),
  code: z
    .enum(Object.keys(CODES) as [string, ...string[]])
    .optional()
    .describe("Why it was not delivered: docs/errors/<code>.md."),
  extraction: extractionSchema.optional().describe("With deliver=response: what was read from the document."),
});

const answerSchema = z.strictObject({
  mail_id: z.uuid(),
  status: z.enum(["processed", "ignored", "unroutable"]).describe("ignored: there was no PDF; unroutable: nobody's."),
  documents: z.array(answeredDocumentSchema),
});

/** What ingest serves over HTTP, as OpenAPI 3.1. `/openapi.json` answers it, and `docs/openapi/ingest.json` is it. */
export function ingestOpenApi(): object {
  return {
    openapi: OPENAPI_VERSION,
    info: {
      title: "Flowstate ingest",
      version: DOCUMENT_VERSION,
      description:
        'Takes documents in, by mail and by upload. Every error has the body {"error":"<category>"} and nothing else.',
    },
    paths: {
      "/webhooks/sendgrid": {
        post: {
          summary: "One inbound mail, as SendGrid's Inbound Parse posts it, in its default or its raw mode",
          description:
            "X-API-Key is needed unless SENDGRID_INBOUND_OPEN is true; the signature headers are when a public key is configured.",
          security: [{ apiKey: [] }, {}],
          parameters: [
            headerParameter("X-Twilio-Email-Event-Webhook-Signature", "ECDSA over the timestamp and the body, base64."),
            headerParameter("X-Twilio-Email-Event-Webhook-Timestamp", "Seconds since 1970."),
          ],
          requestBody: { required: true, content: { "multipart/form-data": { schema: { type: "object" } } } },
          responses: {
            ...accepted("Final: every document is delivered, was delivered before, or can never be."),
            ...failures(
              "malformed_request",
              "authentication_failed",
              "payload_too_large",
              "unsupported_media_type",
              "internal_error",
              "temporarily_unavailable",
            ),
          },
        },
      },
      "/api/documents": {
        post: {
          summary: "Documents that a tenant uploads itself",
          security: [{ apiKey: [] }],
          parameters: [
            ...parametersOf("query", uploadQuerySchema.shape),
            ...parametersOf("header", uploadHeadersSchema.shape),
          ],
          requestBody: {
            required: true,
            content: {
              "application/pdf": { schema: {} },
              "multipart/form-data": {
                schema: {
                  type: "object",
                  additionalProperties: { type: "string", contentMediaType: "application/pdf" },
                },
              },
            },
          },
          responses: {
            ...accepted("Final for every document of the upload."),
            ...failures(
              "malformed_request",
              "authentication_failed",
              "payload_too_large",
              "unsupported_media_type",
              "rate_limited",
              "internal_error",
              "temporarily_unavailable",
            ),
          },
        },
      },
      "/livez": { get: probe("Whether the process is alive") },
      "/readyz": {
        get: {
          ...probe("Whether the process takes requests on"),
          responses: { ...probe("").responses, ...failures("temporarily_unavailable") },
        },
      },
      "/openapi.json": { get: probe("This document") },
    },
    components: {
      securitySchemes: { apiKey: { type: "apiKey", in: "header", name: "X-API-Key" } },
      schemas: { Answer: jsonSchemaOf(answerSchema) },
    },
  };
}

function accepted(description: string): object {
  return { 200: { description, content: { [JSON_TYPE]: { schema: { $ref: "#/components/schemas/Answer" } } } } };
}

function failures(...categories: readonly ErrorCategory[]): object {
  return Object.fromEntries(
    categories.map((category) => [
      ERROR_CATEGORIES[category],
      {
        description: `${category}: docs/errors/${category}.md`,
        ...((category === "temporarily_unavailable" || category === "rate_limited") && {
          headers: { "Retry-After": { description: "Seconds.", schema: { type: "integer" } } },
        }),
        content: { [JSON_TYPE]: { schema: { const: errorBody(category) } } },
      },
    ]),
  );
}

function probe(summary: string): { readonly summary: string; readonly responses: object } {
  return {
    summary,
    responses: { 200: { description: "Yes.", content: { [JSON_TYPE]: { schema: { type: "object" } } } } },
  };
}

function parametersOf(place: "query" | "header", shape: Readonly<Record<string, z.ZodType>>): object[] {
  return Object.entries(shape).map(([name, schema]) => {
    const { description, ...rest } = jsonSchemaOf(schema);
    return { name, in: place, required: false, description, schema: rest };
  });
}

function headerParameter(name: string, description: string): object {
  return { name, in: "header", required: false, description, schema: { type: "string" } };
}

function jsonSchemaOf(schema: z.ZodType): { readonly description?: unknown } {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return rest;
}
