import { CODES, extractionSchema } from "@flowstate/contracts";
import {
  describeFailures,
  describeParameters,
  describeProbe,
  JSON_TYPE,
  jsonSchemaOf,
  OPENAPI_VERSION,
  SECURITY_SCHEMES,
} from "@flowstate/runtime";
import { z } from "zod";
import { uploadHeadersSchema, uploadQuerySchema } from "./upload-documents.ts";

const DOCUMENT_VERSION = "1.0.0";

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
            ...describeFailures([
              "malformed_request",
              "authentication_failed",
              "forbidden",
              "payload_too_large",
              "unsupported_media_type",
              "internal_error",
              "temporarily_unavailable",
            ]),
          },
        },
      },
      "/api/documents": {
        post: {
          summary: "Documents that a tenant uploads itself",
          security: [{ apiKey: [] }],
          parameters: [
            ...describeParameters("query", uploadQuerySchema.shape),
            ...describeParameters("header", uploadHeadersSchema.shape),
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
            ...describeFailures([
              "malformed_request",
              "authentication_failed",
              "forbidden",
              "payload_too_large",
              "unsupported_media_type",
              "rate_limited",
              "internal_error",
              "temporarily_unavailable",
            ]),
          },
        },
      },
      "/livez": { get: describeProbe("Whether the process is alive") },
      "/readyz": { get: describeProbe("Whether the process takes requests on", ["temporarily_unavailable"]) },
      "/openapi.json": { get: describeProbe("This document") },
    },
    components: {
      securitySchemes: SECURITY_SCHEMES,
      schemas: { Answer: jsonSchemaOf(answerSchema) },
    },
  };
}

function accepted(description: string): object {
  return { 200: { description, content: { [JSON_TYPE]: { schema: { $ref: "#/components/schemas/Answer" } } } } };
}

function headerParameter(name: string, description: string): object {
  return { name, in: "header", required: false, description, schema: { type: "string" } };
}
