import { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { ERROR_CATEGORIES, type ErrorCategory, errorBody, RETRY_AFTER_SECONDS } from "@flowstate/contracts";
import type { Linger } from "./linger.ts";

/** What Node's HTTP parser says of what it cannot accept: it comes with a copy of the bytes. */
export interface ClientError extends Error {
  readonly code?: string;
  readonly rawPacket?: unknown;
}

/** What every answer says: its media type is what it is, whatever its bytes look like to a browser. */
export const ANSWER_HEADERS = { "x-content-type-options": "nosniff" } as const;

/** A request that came too slowly, or whose connection was closed in the middle of it: the sender still has all of it. */
const IS_TEMPORARY: ReadonlySet<string> = new Set(["ERR_HTTP_REQUEST_TIMEOUT", "HPE_INVALID_EOF_STATE"]);

/** What a client whose body is broken gets to read its answer, while its route still holds what came of the body. */
const ANSWER_READ_MS = 1_000;

/**
 * Answers what Node's HTTP parser refused, then closes the socket. When the fault lies in the body of a request that waits
 * for its answer, this is the answer. A request that is complete and still being worked on gets none: a 400 in place of
 * its 503 would lose a mail. Nor does one that was answered before its body was over: it has its answer.
 */
export function answerClientError(error: ClientError, socket: Duplex, linger: Linger): void {
  // Node has taken its own listener off; a reset must not end the process.
  socket.on("error", () => {});
  if (Buffer.isBuffer(error.rawPacket)) error.rawPacket.fill(0);
  if (linger.isReading(socket)) return;
  const category = IS_TEMPORARY.has(error.code ?? "") ? "temporarily_unavailable" : "malformed_request";
  const pending = responseUnderWay(socket);
  if (pending === undefined) {
    answerRaw(socket, category, linger);
    return;
  }
  if (pending.headersSent || pending.req.complete) {
    socket.destroy();
    return;
  }
  // Node has let go of the request by the time the socket closes: nobody would tell the route, which holds memory, that no
  // more of the body will come.
  const giveUp = () => void pending.req.destroy();
  const overdue = setTimeout(giveUp, ANSWER_READ_MS);
  socket.once("close", () => {
    clearTimeout(overdue);
    giveUp();
  });
  const { status, headers, body } = rendered(category);
  pending.writeHead(status, headers);
  pending.end(body, () => socket.end());
}

/** Answers on a socket that has no request, and closes it when the client has, or has sent enough. */
export function answerRaw(socket: Duplex, category: ErrorCategory, linger: Linger): void {
  socket.on("error", () => {});
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = rendered(category);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${REASONS[status] ?? "Error"}\r\n${lines.join("")}\r\n${body}`);
  void linger.readOut(socket).then(() => socket.destroy());
}

function rendered(category: ErrorCategory): { status: number; headers: Record<string, string>; body: string } {
  const body = JSON.stringify(errorBody(category));
  return {
    status: ERROR_CATEGORIES[category],
    headers: {
      ...ANSWER_HEADERS,
      "content-type": "application/json; charset=utf-8",
      ...(category === "temporarily_unavailable" && { "retry-after": String(RETRY_AFTER_SECONDS) }),
      // RFC 9110 §10.2.1: empty where no method is allowed. What is refused here by its method is CONNECT alone.
      ...(category === "method_not_allowed" && { allow: "" }),
      connection: "close",
      "content-length": String(Buffer.byteLength(body)),
    },
    body,
  };
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
