import { CANARY } from "../checks/canary.ts";
import { insertWords } from "./bytes.ts";
import type { Mutator } from "./mutator.ts";

/** Mutations of a request's head. */

const REQUEST_LINES = [
  "GET / HTTP/1.1",
  "GET  / HTTP/1.1",
  "GET / HTTP/9.9",
  "GET / HTTP/1.0",
  "PRI * HTTP/2.0",
  "HEAD /livez HTTP/1.1",
  "OPTIONS * HTTP/1.1",
  "CONNECT 127.0.0.1:1 HTTP/1.1",
  "TRACE / HTTP/1.1",
  "QUERY /api/documents HTTP/1.1",
  "GET http://127.0.0.1:1/livez HTTP/1.1",
  "GET //livez HTTP/1.1",
  "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1",
  "GET /api/documents/%00 HTTP/1.1",
  "GET /api/documents/%ff%fe HTTP/1.1",
  "GET /%zz HTTP/1.1",
  "GET /a?%= HTTP/1.1",
  "POST /webhooks/sendgrid?x=__proto__ HTTP/1.1",
  "POST /api/documents?deliver=response&deliver=erp HTTP/1.1",
  `GET /${encodeURIComponent(CANARY)} HTTP/1.1`,
  `GET /${CANARY} HTTP/1.1`,
  `GET /${"a".repeat(9_000)} HTTP/1.1`,
];

const HEADER_LINES = [
  "Content-Length: 0",
  "Content-Length: -1",
  "Content-Length: 1e3",
  "Content-Length: 99999999999999999999",
  "Content-Length: 5, 5",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: chunked, identity",
  "Transfer-Encoding: gzip",
  "Transfer-Encoding : chunked",
  "Expect: 100-continue",
  `Expect: ${CANARY}`,
  "Upgrade: h2c",
  "Upgrade: websocket",
  "Connection: upgrade, close, keep-alive",
  "Connection: close",
  "Host:",
  "Host: a",
  `Host: ${CANARY}`,
  "Content-Type: multipart/form-data",
  'Content-Type: multipart/form-data; boundary=""',
  `Content-Type: multipart/form-data; boundary="${CANARY}"`,
  `Content-Type: multipart/form-data; boundary=${"b".repeat(100)}`,
  "Content-Type: application/pdf",
  "Content-Type: application/json",
  "Content-Type: text/plain; charset=__proto__",
  "Content-Encoding: gzip",
  "X-API-Key:",
  `X-API-Key: ${CANARY}`,
  `X-API-Key: ${"k".repeat(4_000)}`,
  "Authorization: Bearer x",
  `Idempotency-Key: ${CANARY}`,
  `Idempotency-Key: ${"i".repeat(300)}`,
  "traceparent: 00-00000000000000000000000000000000-0000000000000000-00",
  `traceparent: ${CANARY}`,
  "tracestate: a=b,a=b,=",
  `Cookie: ${CANARY}`,
  `X-${"h".repeat(17_000)}: 1`,
  `X-Long: ${"v".repeat(17_000)}`,
  "X-Forwarded-Proto: http",
  `X-Forwarded-For: ${CANARY}`,
  "Range: bytes=0-0,1-1,2-2",
  "If-None-Match: *",
  "Last-Event-ID: -1",
  `Last-Event-ID: ${CANARY}`,
  " folded: yes",
  ": no name",
  "no colon",
  "\0: nul",
  "Accept-Encoding: br;q=1.0, *;q=0",
  "Trailer: Content-Length",
];

/** The first line is another one. */
const otherRequestLine: Mutator = (input, random) => {
  const end = input.indexOf("\r\n");
  return end === -1 ? input : Buffer.concat([Buffer.from(random.one(REQUEST_LINES)), input.subarray(end)]);
};

/** A header line more, among the others or before them. */
const oneHeaderMore: Mutator = (input, random) => {
  const end = input.indexOf("\r\n");
  return end === -1
    ? input
    : Buffer.concat([
        input.subarray(0, end + 2),
        Buffer.from(`${random.one(HEADER_LINES)}\r\n`),
        input.subarray(end + 2),
      ]);
};

const manyHeaders: Mutator = (input, random) => {
  const end = input.indexOf("\r\n");
  const lines = Array.from({ length: random.whole(50, 3_000) }, (_, n) => `x-${n}: ${n}\r\n`).join("");
  return end === -1 ? input : Buffer.concat([input.subarray(0, end + 2), Buffer.from(lines), input.subarray(end + 2)]);
};

/** One behind the other on the same connection. */
const pipelined: Mutator = (input, random) => Buffer.concat(Array.from({ length: random.whole(2, 12) }, () => input));

export const HEAD_MUTATORS: readonly Mutator[] = [
  oneHeaderMore,
  oneHeaderMore,
  oneHeaderMore,
  otherRequestLine,
  manyHeaders,
];

export const SOCKET_MUTATORS: readonly Mutator[] = [
  otherRequestLine,
  oneHeaderMore,
  oneHeaderMore,
  pipelined,
  insertWords([
    "\r\n",
    "\r\n\r\n",
    "0\r\n\r\n",
    "ffffffffffffffff\r\n",
    "\0",
    "\x16\x03\x01\x02\x00\x01",
    "HTTP/1.1 200 OK\r\n\r\n",
  ]),
];
