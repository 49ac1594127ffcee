import { erpPayloadSchema, erpPingSchema } from "../../libs/contracts/index.ts";
import { examplePayload } from "./erp-example.ts";
import { rendered } from "./json-schemas.ts";

const OPENAPI_VERSION = "3.1.1";
/** Changes with what an ERP can rely on; `libs/contracts/schema-history.json` tells why. */
const DOCUMENT_VERSION = "1.0.0";

/** What an ERP can answer, and what comes of the document then. A test holds it to what erp-pusher makes of each status. */
export const ERP_ANSWERS = {
  "2XX": { end: "delivered", description: "It is booked, or was before. The body is not read." },
  "3XX": { end: "undeliverable", description: "No redirect is followed: a final no." },
  "408": { end: "deferred", description: "Sent again." },
  "410": {
    end: "undeliverable",
    description:
      "A final no, and the endpoint is taken for gone: later documents end so without being sent, until the operator acts.",
  },
  "425": { end: "deferred", description: "Sent again." },
  "429": {
    end: "deferred",
    description: "Sent again: after Retry-After if that is soon, else when the sending side comes again.",
  },
  "4XX": { end: "undeliverable", description: "A final no: this document is never sent again." },
  "5XX": {
    end: "deferred",
    description: "Sent again: after Retry-After if that is soon, else when the sending side comes again.",
  },
} as const;

/** The headers that carry the contract, as OpenAPI parameters. A test holds them to what erp-pusher sends. */
const HEADERS = {
  "webhook-id": {
    required: true,
    description: "The document's id: the same on every attempt and every redelivery. Deduplicate by it.",
    schema: { type: "string", minLength: 1 },
  },
  "webhook-timestamp": {
    required: true,
    description: "When this attempt was made, seconds since 1970. Refuse what is more than 5 minutes away.",
    schema: { type: "string", pattern: "^[0-9]+$" },
  },
  "webhook-signature": {
    required: true,
    description:
      "`v1,` and the base64 HMAC-SHA-256 of `id.timestamp.body`; several, separated by spaces, while a secret is changed. " +
      "`v1a,` signatures (ed25519) are there if they were agreed on.",
    schema: { type: "string", pattern: "^v1a?,[A-Za-z0-9+/]+={0,2}( v1a?,[A-Za-z0-9+/]+={0,2})*$" },
  },
  "idempotency-key": {
    required: true,
    description: "The same as webhook-id, for gateways that deduplicate by this name.",
    schema: { type: "string" },
  },
  traceparent: {
    required: false,
    description: "W3C Trace Context.",
    schema: { type: "string" },
  },
  "user-agent": {
    required: true,
    description: "Flowstate-Webhook and its version.",
    schema: { type: "string" },
  },
};

/** `docs/erp/openapi-webhooks.json`: what an ERP serves, for generators of servers and for gateways. */
export function erpWebhooks(): string {
  return rendered({
    openapi: OPENAPI_VERSION,
    info: {
      title: "What Flowstate sends to an ERP",
      version: DOCUMENT_VERSION,
      description:
        "Standard Webhooks 1.0. docs/erp/README.md explains it. A tenant whose configuration maps the payload receives the " +
        "body that the mapping describes, with the same headers.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    webhooks: {
      "document.extracted": {
        post: {
          operationId: "receiveDocument",
          summary: "What was read from one document",
          ...delivery("ErpPayload", examplePayload()),
        },
      },
      "flowstate.ping": {
        post: {
          operationId: "receivePing",
          summary: "Somebody tries the endpoint out: verify, answer 2xx, book nothing",
          ...delivery("ErpPing", undefined),
        },
      },
    },
    components: {
      schemas: { ErpPayload: schemaOf(erpPayloadSchema), ErpPing: schemaOf(erpPingSchema) },
      parameters: Object.fromEntries(
        Object.entries(HEADERS).map(([name, header]) => [name, { name, in: "header", ...header }]),
      ),
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A token, if one was agreed on." },
        clientCertificate: { type: "mutualTLS", description: "A client certificate, if one was agreed on." },
      },
    },
  });
}

function delivery(schema: string, example: unknown): object {
  return {
    // The signature is always there; OpenAPI has no name for it.
    security: [{}, { bearer: [] }, { clientCertificate: [] }],
    parameters: Object.keys(HEADERS).map((name) => ({ $ref: `#/components/parameters/${name}` })),
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: { $ref: `#/components/schemas/${schema}` },
          ...(example !== undefined && { example }),
        },
      },
    },
    responses: Object.fromEntries(
      Object.entries(ERP_ANSWERS).map(([status, { end, description }]) => [
        status,
        {
          description: `${end}: ${description}`,
          ...(description.includes("Retry-After") && {
            headers: { "Retry-After": { description: "Seconds, or an HTTP date.", schema: { type: "string" } } },
          }),
        },
      ]),
    ),
  };
}

function schemaOf(schema: { toJSONSchema(): object }): object {
  const { $schema: _dialect, ...rest }: { $schema?: unknown } = schema.toJSONSchema();
  return rest;
}
