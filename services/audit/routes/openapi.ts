import type { ErrorCategory } from "@flowstate/contracts";
import {
  describeFailures,
  describeParameters,
  describeProbe,
  JSON_TYPE,
  jsonSchemaOf,
  OPENAPI_VERSION,
  SECURITY_SCHEMES,
} from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";
import type { z } from "zod";
import { describeColumn } from "../database/columns.ts";
import type { Endpoint } from "./endpoint.ts";
import { ENDPOINTS } from "./endpoints.ts";

const DOCUMENT_VERSION = "1.0.0";
const COMPONENTS = "#/components/schemas/";

/** What every endpoint that needs a key can fail with. */
const COMMON_FAILURES: readonly ErrorCategory[] = [
  "malformed_request",
  "authentication_failed",
  "forbidden",
  "internal_error",
  "temporarily_unavailable",
];

/** `GET /openapi.json`: what audit serves. */
export function openApi(server: FastifyInstance): void {
  const document = auditOpenApi();
  server.get("/openapi.json", async () => document);
}

/** What audit serves over HTTP, as OpenAPI 3.1. `/openapi.json` answers it, and `docs/openapi/audit.json` is it. */
export function auditOpenApi(): object {
  const schemas: Record<string, unknown> = {};
  const paths: Record<string, object> = {};
  for (const endpoint of ENDPOINTS) {
    paths[endpoint.path.replaceAll(/:(\w+)/g, "{$1}")] = {
      [endpoint.method.toLowerCase()]: operation(endpoint, schemas),
    };
  }
  return {
    openapi: OPENAPI_VERSION,
    info: {
      title: "Flowstate audit",
      version: DOCUMENT_VERSION,
      description:
        "What became of mails and documents: metadata, never content. A tenant's key sees the tenant's own, an operator's key " +
        'everybody\'s. Every error has the body {"error":"<category>"} and nothing else.',
    },
    paths: {
      ...paths,
      "/livez": { get: describeProbe("Whether the process is alive") },
      "/readyz": { get: describeProbe("Whether the process does its work", ["temporarily_unavailable"]) },
      "/openapi.json": { get: describeProbe("This document") },
    },
    components: { securitySchemes: SECURITY_SCHEMES, schemas },
  };
}

function operation(endpoint: Endpoint, schemas: Record<string, unknown>): object {
  const { summary, scope, query, headers, params, body, answer, failures = [] } = endpoint;
  return {
    summary,
    description: `The key must permit ${scope === "read" ? "read, or be an operator's" : "admin"}.`,
    security: [{ apiKey: [] }],
    parameters: [
      ...describeParameters("path", params?.shape ?? {}),
      ...describeParameters("query", query.shape),
      ...describeParameters("header", headers?.shape ?? {}),
    ],
    ...(body !== undefined && {
      requestBody: { required: true, content: { [JSON_TYPE]: { schema: jsonSchemaOf(body) } } },
    }),
    responses: {
      200: {
        description: answer.description,
        content: { [answer.type ?? JSON_TYPE]: { schema: answerSchema(answer.schema, schemas) } },
      },
      ...describeFailures([...COMMON_FAILURES, ...failures]),
    },
  };
}

/** The schema of what is sent. Parts that have a name are moved to `schemas`, and referred to. */
function answerSchema(schema: z.ZodType, schemas: Record<string, unknown>): unknown {
  const described = jsonSchemaOf(schema, {
    io: "output",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => void Object.assign(jsonSchema, describeColumn(zodSchema)),
  });
  const { $defs = {}, ...rest } = JSON.parse(JSON.stringify(described).replaceAll('"#/$defs/', `"${COMPONENTS}`));
  Object.assign(schemas, $defs);
  return rest;
}
