import { type IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { ERROR_CATEGORIES, type ErrorCategory, errorBody, RETRY_AFTER_SECONDS } from "@flowstate/contracts";
import Fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import type { Logger } from "./logger.ts";
import { SpanKind, withSpan } from "./telemetry.ts";

/** A failure with the category that the caller may see. Anything else that is thrown is an `internal_error`. */
export class HttpError extends Error {
  readonly category: ErrorCategory;

  constructor(category: ErrorCategory) {
    super(category);
    this.name = "HttpError";
    this.category = category;
  }
}

/** Bounds on what a connection can cost before any route is chosen. */
const MAX_HEADER_BYTES = 16 * 1024;
const HEADERS_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const MAX_PARAM_LENGTH = 128;
/** Bodies that Fastify itself parses; streamed bodies are counted by their route. */
const PARSED_BODY_LIMIT_BYTES = 1024 * 1024;

const JSON_TYPE = "application/json; charset=utf-8";

/** Fastify's own error codes that mean something other than a malformed request. */
const FASTIFY_CATEGORIES: Readonly<Record<string, ErrorCategory>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "payload_too_large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported_media_type",
  FST_ERR_ROUTE_METHOD_NOT_SUPPORTED: "method_not_allowed",
};

export interface HttpServerOptions {
  readonly logger: Logger;
  /** How long one request may take from its first byte to its last, milliseconds. */
  readonly requestTimeoutMs: number;
}

/**
 * A Fastify instance whose every failure, including those before routing, answers `{"error":"<category>"}` and nothing
 * else: no message, no stack, no version header.
 */
export function createHttpServer({ logger, requestTimeoutMs }: HttpServerOptions): FastifyInstance {
  const server = Fastify({
    logger: false,
    bodyLimit: PARSED_BODY_LIMIT_BYTES,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // A request without Host is refused by the hook below: Node would answer it with an empty body.
    http: { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: HEADERS_TIMEOUT_MS, requireHostHeader: false },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // A closing service answers what is under way; the listening socket is gone for everyone else.
    return503OnClosing: false,
    forceCloseConnections: "idle",
    clientErrorHandler: (error, socket) => answerRaw(socket, categoryOfClientError(error)),
    frameworkErrors: (error, _request, reply) => void sendError(reply as FastifyReply, categoryOf(error)),
  });

  server.addHook("onRequest", async ({ raw }) => {
    if (raw.httpVersion !== "1.0" && hostsOf(raw) !== 1) throw new HttpError("malformed_request");
  });

  server.addHook("onResponse", async ({ raw }) => void answeredRequests.set(raw.socket, raw));

  server.setErrorHandler((error, request, reply) => {
    const category = categoryOf(error);
    if (category === "internal_error") {
      logger.error("http.internal_error", { route: request.routeOptions.url ?? "none" }, error);
    }
    return sendError(reply, category);
  });

  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "/";
    const known = server.supportedMethods.some(
      (method) => server.findRoute({ url: path, method: method as "GET" }) !== null,
    );
    return sendError(reply, known ? "method_not_allowed" : "not_found");
  });

  // Node answers these itself, with bodies of its own or not at all, unless told otherwise. `upgrade` is not among them:
  // without a listener Node ignores the header, and a mail from a client that offers HTTP/2 is an ordinary mail.
  server.server.on("checkExpectation", (_request, response) => {
    const { status, body } = rendered("malformed_request");
    const headers = { "content-type": JSON_TYPE, "content-length": Buffer.byteLength(body), connection: "close" };
    response.writeHead(status, headers).end(body);
  });
  server.server.on("connect", (_request, socket) => answerRaw(socket, "method_not_allowed"));
  // A client may close its sending half when it has sent everything, and still wait for the answer.
  Object.assign(server.server, { httpAllowHalfOpen: true });
  return server;
}

/** Wraps a route's work in the server span of its trace, continuing the caller's if there is one. */
export async function tracedRequest<T>(
  request: { readonly method: string; readonly headers: Readonly<Record<string, string | string[] | undefined>> },
  reply: { readonly statusCode: number },
  route: string,
  work: () => Promise<T>,
): Promise<T> {
  const traceparent = request.headers["traceparent"];
  return withSpan(
    `${request.method} ${route}`,
    {
      kind: SpanKind.SERVER,
      attributes: { "http.request.method": request.method, "http.route": route },
      parent: typeof traceparent === "string" ? traceparent : undefined,
    },
    async (span) => {
      try {
        const result = await work();
        span.set({ "http.response.status_code": reply.statusCode });
        return result;
      } catch (error) {
        span.set({ "http.response.status_code": ERROR_CATEGORIES[categoryOf(error)] });
        throw error;
      }
    },
  );
}

/** Answers with a category's status and body. */
export function sendError(reply: FastifyReply, category: ErrorCategory): FastifyReply {
  if (category === "temporarily_unavailable") reply.header("retry-after", RETRY_AFTER_SECONDS);
  return reply.code(ERROR_CATEGORIES[category]).send(errorBody(category));
}

/** Anything can be thrown, `null` included; a status that an error brings along is not believed. */
function categoryOf(error: unknown): ErrorCategory {
  if (error instanceof HttpError) return error.category;
  const { code, statusCode }: { code?: unknown; statusCode?: unknown } = Object(error);
  if (typeof code !== "string" || !code.startsWith("FST_ERR_")) return "internal_error";
  const isClients = typeof statusCode === "number" && statusCode < 500;
  return FASTIFY_CATEGORIES[code] ?? (isClients ? "malformed_request" : "internal_error");
}

/** How many Host headers came. RFC 9112 §3.2: exactly one, else the request could mean two places. */
function hostsOf({ rawHeaders }: IncomingMessage): number {
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host").length;
}

/** Errors of Node's own HTTP parser: what arrived is not an acceptable request at all. */
function categoryOfClientError(error: Error & { code?: string }): ErrorCategory {
  return error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? "temporarily_unavailable" : "malformed_request";
}

function rendered(category: ErrorCategory): { status: number; body: string } {
  return { status: ERROR_CATEGORIES[category], body: JSON.stringify(errorBody(category)) };
}

/** Of the request that a socket was last answered for. */
const answeredRequests = new WeakMap<Duplex, IncomingMessage>();

/**
 * Answers what is no acceptable request, then closes the socket. When the fault lies in the body of a request that waits
 * for its answer, this is the answer. A request that is complete and still being worked on gets none: a 400 in place of
 * its 503 would lose a mail. Nor does one that was answered before its body was over: it has its answer.
 */
function answerRaw(socket: Duplex, category: ErrorCategory): void {
  // Node has taken its own listener off; a reset must not end the process.
  socket.on("error", () => {});
  const { status, body } = rendered(category);
  const retryAfter = category === "temporarily_unavailable" ? { "retry-after": String(RETRY_AFTER_SECONDS) } : {};
  const headers = { "content-type": "application/json; charset=utf-8", ...retryAfter, connection: "close" };
  const pending = responseUnderWay(socket);
  if (pending !== undefined && !pending.headersSent && !pending.req.complete) {
    pending.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    pending.end(body, () => socket.end());
    return;
  }
  if (pending !== undefined || answeredRequests.get(socket)?.complete === false || !socket.writable) {
    socket.destroy();
    return;
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status] ?? "Error"}\r\n${lines.join("")}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

/** Node keeps the response under way on the socket, under a name that is not public but has been the same since 0.x. */
function responseUnderWay(socket: Duplex): ServerResponse | undefined {
  const { _httpMessage: response } = Object(socket);
  return response instanceof ServerResponse ? response : undefined;
}

const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  405: "Method Not Allowed",
  503: "Service Unavailable",
};
