import type { IncomingMessage } from "node:http";
import Fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { addRoute } from "../known-words.ts";
import type { Logger } from "../logger.ts";
import { measureMs } from "../metrics/record.ts";
import { boundConnections, type ConnectionBounds } from "./bound-connections.ts";
import type { Drain } from "./drain.ts";
import { cameEncrypted, type Encryption } from "./encryption.ts";
import { categoryOf, HttpError, sendError } from "./http-error.ts";
import { Linger, type LingerBounds } from "./linger.ts";
import { ANSWER_HEADERS, answerClientError, answerRaw } from "./raw-answer.ts";
import { SilentConnections } from "./silent-connections.ts";

/** Bounds on what a connection can cost before any route is chosen. */
const MAX_HEADER_BYTES = 16 * 1024;
const HEADERS_TIMEOUT_MS = 15_000;
const MIN_TLS_VERSION = "TLSv1.2";
const HANDSHAKE_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const MAX_PARAM_LENGTH = 128;
/** How late a request may be found to be overdue: Node looks at all of them this often, and by default twice a minute. */
const OVERDUE_CHECK_INTERVAL_MS = 1_000;
/** Bodies that Fastify itself parses; streamed bodies are counted by their route. */
const PARSED_BODY_LIMIT_BYTES = 1024 * 1024;
/** A connection costs a descriptor and some ten kilobytes, whatever it sends. */
const MAX_CONNECTIONS = 4_096;
/** More than a sender of mails opens at once, and a part of all, so that it takes several addresses to use them up. */
const MAX_CONNECTIONS_PER_ADDRESS = 1_024;

export interface HttpServerOptions extends Partial<ConnectionBounds>, Encryption {
  readonly logger: Logger;
  /** How long one request may take from its first byte to its last, milliseconds. */
  readonly requestTimeoutMs: number;
  /** How long its headers may take of that. */
  readonly headersTimeoutMs?: number;
  readonly maxHeaderBytes?: number;
  /** What the service goes through when it stops. */
  readonly drain?: Drain;
  /** How far a request is still read whose answer was given before it was over. */
  readonly linger?: Partial<LingerBounds>;
}

/**
 * A Fastify instance whose every failure, including those before routing, answers `{"error":"<category>"}` and nothing
 * else: no message, no stack, no version header. An answer that is given before a request's body is over reaches also a
 * client that reads only after it has sent everything.
 */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { logger } = options;
  const linger = new Linger(options.linger);
  const { tls, proxies, drain } = options;
  const bounds = {
    maxHeaderSize: options.maxHeaderBytes ?? MAX_HEADER_BYTES,
    // Node refuses to start with more time for a part than for the whole.
    headersTimeout: Math.min(options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS, options.requestTimeoutMs),
    connectionsCheckingInterval: OVERDUE_CHECK_INTERVAL_MS,
    // A request without Host is refused by the hook below: Node would answer it with an empty body.
    requireHostHeader: false,
  };
  const server = Fastify({
    logger: false,
    bodyLimit: PARSED_BODY_LIMIT_BYTES,
    requestTimeout: options.requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    ...(tls === undefined
      ? { http: bounds }
      : { https: { ...bounds, ...tls, minVersion: MIN_TLS_VERSION, handshakeTimeout: HANDSHAKE_TIMEOUT_MS } }),
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // A closing service answers what is under way; the listening socket is gone for everyone else.
    return503OnClosing: false,
    forceCloseConnections: "idle",
    clientErrorHandler: (error, socket) => answerClientError(error, socket, linger),
    // No hook runs for these.
    frameworkErrors: (error, _request, reply) =>
      void sendError((reply as FastifyReply).headers(ANSWER_HEADERS), categoryOf(error)),
  });

  server.addHook("onRoute", ({ url }) => addRoute(url));
  const unmetExpectations = new WeakSet<IncomingMessage>();
  server.addHook("onRequest", async ({ raw }, reply) => {
    if (proxies !== undefined && !cameEncrypted(raw, proxies)) {
      // Never a 4xx: it would lose a mail that the sender can still send another way.
      logger.warn("http.plain_text_refused");
      throw new HttpError("temporarily_unavailable");
    }
    if (raw.httpVersion !== "1.0" && hostsOf(raw) !== 1) throw new HttpError("malformed_request");
    if (unmetExpectations.has(raw)) {
      reply.header("connection", "close");
      throw new HttpError("malformed_request");
    }
  });
  server.addHook("onResponse", async ({ method, routeOptions }, { statusCode, elapsedTime }) => {
    measureMs("http.server.request.duration", elapsedTime, {
      "http.request.method": method,
      "http.response.status_code": statusCode,
      ...(routeOptions.url !== undefined && { "http.route": routeOptions.url }),
    });
  });
  const silent = new SilentConnections(server.server);
  let closing = false;
  server.addHook("preClose", async () => {
    closing = true;
    linger.hasten();
    silent.cutSoon();
  });
  server.addHook("onSend", async (_request, reply) => {
    reply.headers(ANSWER_HEADERS);
    // Node closes the idle connections once; one that is answered afterwards would be waited for until its client goes.
    // Before that, what is sent on a connection that stays open would come to a process that takes nothing.
    if (closing || drain?.hasBegun === true) reply.header("connection", "close");
  });
  server.addHook("onSend", linger.onSend);

  server.setErrorHandler((error, request, reply) => {
    const category = categoryOf(error);
    const route = request.routeOptions.url ?? "none";
    if (category === "internal_error") logger.error("http.internal_error", { route }, error);
    else if (error instanceof HttpError && error.cause !== undefined) {
      logger.warn("http.request_failed", { route, code: category }, error.cause);
    }
    return sendError(reply, category);
  });

  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "/";
    const allowed = server.supportedMethods.filter(
      (method) => server.findRoute({ url: path, method: method as "GET" }) !== null,
    );
    if (allowed.length === 0) return sendError(reply, "not_found");
    return sendError(reply.header("allow", allowed.join(", ")), "method_not_allowed");
  });

  // Node answers these itself, with bodies of its own or not at all, unless told otherwise. `upgrade` is not among them:
  // without a listener Node ignores the header, and a mail from a client that offers HTTP/2 is an ordinary mail.
  server.server.on("checkExpectation", (request, response) => {
    unmetExpectations.add(request);
    server.server.emit("request", request, response);
  });
  server.server.on("connect", (_request, socket) => answerRaw(socket, "method_not_allowed", linger));
  boundConnections(
    server.server,
    {
      maxConnections: options.maxConnections ?? MAX_CONNECTIONS,
      maxConnectionsPerAddress: options.maxConnectionsPerAddress ?? MAX_CONNECTIONS_PER_ADDRESS,
    },
    // Never a 4xx: it would lose a mail.
    (socket) => answerRaw(socket, "temporarily_unavailable", linger),
  );
  // A client may close its sending half when it has sent everything, and still wait for the answer.
  Object.assign(server.server, { httpAllowHalfOpen: true });
  return server;
}

/** How many Host headers came. RFC 9112 §3.2: exactly one, else the request could mean two places. */
function hostsOf({ rawHeaders }: IncomingMessage): number {
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host").length;
}
