import type { ErrorCategory } from "@flowstate/contracts";
import { type ApiKey, authenticateRequest, HttpError, tracedRequest } from "@flowstate/runtime";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiAccess } from "./api-access.ts";
import { permits, tenantParameter, type Viewer, viewerOf } from "./viewer.ts";

/** An endpoint as callers know it: what is served, and what `/openapi.json` says of it, both come from here. */
export interface Endpoint<Query extends z.ZodObject = z.ZodObject> {
  readonly method: "GET" | "POST";
  /** In Fastify's spelling: `/api/documents/:id`. */
  readonly path: `/${string}`;
  /** What the key must permit; an operator's key permits both. */
  readonly scope: "read" | "admin";
  readonly summary: string;
  /** Strict, and every member bounded: anything else is answered 400. */
  readonly query: Query;
  /** Headers, as they are written in the document; the endpoint reads them itself. */
  readonly headers?: z.ZodObject;
  /** The parts of the path, for the document; the endpoint reads them itself. */
  readonly params?: z.ZodObject;
  /** The JSON body, for the document; the endpoint reads it itself. */
  readonly body?: z.ZodObject;
  readonly answer: Answer;
  /** What it can fail with besides what every endpoint can. */
  readonly failures?: readonly ErrorCategory[];
}

interface Answer {
  readonly description: string;
  /** `application/json` unless stated. */
  readonly type?: string;
  /** Of what is sent; for what is not JSON, of one record. */
  readonly schema: z.ZodType;
}

/** A request that may be answered. */
export interface Question<Query extends z.ZodObject> {
  readonly key: ApiKey;
  readonly viewer: Viewer;
  readonly query: z.output<Query>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/**
 * Has `server` answer an endpoint. Whether the key is right comes first (401), then what it permits (403), then the
 * parameters (400): who may not ask learns nothing of what could be asked.
 */
export function serve<Query extends z.ZodObject>(
  server: FastifyInstance,
  access: ApiAccess,
  endpoint: Endpoint<Query>,
  answer: (question: Question<Query>) => Promise<unknown>,
): void {
  const { method, path, scope } = endpoint;
  server.route({
    method,
    url: path,
    exposeHeadRoute: false,
    handler: (request, reply) =>
      tracedRequest(request, reply, path, async () => {
        const key = await authenticateRequest(request, access.keys);
        if (!permits(key, scope)) throw new HttpError("forbidden");
        const query = parsed(endpoint.query, request.query);
        const { tenant, since, until } = common.parse(query);
        // Both in UTC and of one length: their order is that of their letters.
        if (since !== undefined && until !== undefined && since > until) throw new HttpError("malformed_request");
        return answer({ key, viewer: viewerOf(key, tenant), query, request, reply });
      }),
  });
}

/** What several endpoints have among their parameters. */
const common = z.object({ tenant: tenantParameter, since: z.string().optional(), until: z.string().optional() });

/** What a caller sent, by its schema. Throws 400 for what that does not allow. */
export function parsed<S extends z.ZodType>(schema: S, sent: unknown): z.output<S> {
  const result = schema.safeParse(sent);
  if (!result.success) throw new HttpError("malformed_request");
  return result.data;
}
