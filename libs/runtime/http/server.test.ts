import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { ERROR_CATEGORIES, type ErrorCategory } from "@flowstate/contracts";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLogger } from "../logger.ts";
import { currentTraceparent, startTelemetry } from "../telemetry.ts";
import { HttpError } from "./http-error.ts";
import { createHttpServer } from "./server.ts";
import { type Answer, answerOn, exchange, requestText as request } from "./testing/raw-client.ts";
import { tracedRequest } from "./traced-request.ts";

/*
 * Real: Fastify and Node's HTTP server, over raw sockets, so that requests no client would send can be sent. Doubled:
 * standard output, by an array of lines.
 */

const CANARY = "canary-4711";
const lines: string[] = [];
let server: FastifyInstance;
let port: number;

beforeAll(async () => {
  await startTelemetry("ingest", undefined);
  const logger = createLogger("ingest", "debug", { write: (line) => void lines.push(line) });
  server = createHttpServer({ logger, requestTimeoutMs: 10_000 });
  server.get("/fine", async () => ({ status: "live" }));
  server.post("/echo", async (request) => ({ received: request.body }));
  server.get("/items/:id", async () => ({}));
  server.get("/category/:category", async (request) => {
    const { category } = Object(request.params);
    throw new HttpError(category);
  });
  server.get("/throws/:what", async (request) => {
    const { what } = Object(request.params);
    throw thrown(what);
  });
  server.get("/unserialisable", async () => ({ big: 1n }));
  server.get("/wrong-payload", async (_request, reply) => reply.type("text/plain").send({ text: CANARY }));
  server.get("/traced", (request, reply) =>
    tracedRequest(request, reply, "/traced", async () => ({ is: currentTraceparent() })),
  );
  server.get("/slow", async () => new Promise((resolve) => setImmediate(() => resolve({ status: "done" }))));
  await server.listen({ host: "127.0.0.1", port: 0 });
  port = (server.server.address() as AddressInfo).port;
});

afterAll(() => server.close());

function thrown(what: string): unknown {
  switch (what) {
    case "error":
      return new Error(CANARY);
    case "status":
      return Object.assign(new Error(CANARY), { statusCode: 418, code: "E_TEAPOT", validation: [CANARY] });
    case "client-status":
      return Object.assign(new Error(CANARY), { statusCode: 404 });
    case "prototype-code":
      return Object.assign(new Error(CANARY), { code: "constructor" });
    case "string":
      return CANARY;
    case "null":
      return null;
    default:
      return undefined;
  }
}

const send = (raw: string | Buffer) => exchange(port, raw);

/** The answer is the category's status and exact body, and says nothing about what made it. */
function expectExactly(answer: Answer, category: ErrorCategory): void {
  expect(answer.body).toBe(JSON.stringify({ error: category }));
  expect(answer.status).toBe(ERROR_CATEGORIES[category]);
  expect(answer.headers.get("content-type")).toMatch(/^application\/json(; charset=utf-8)?$/);
  const comesAgain = category === "temporarily_unavailable" || category === "rate_limited";
  expect(answer.headers.has("retry-after")).toBe(comesAgain);
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  for (const name of ["server", "x-powered-by", "x-error", "via"]) expect(answer.headers.has(name), name).toBe(false);
}

describe("a request that fails answers its category and nothing else:", () => {
  const json = "Content-Type: application/json";
  it.each<[string, ErrorCategory, string | Buffer]>([
    ["an unknown path", "not_found", request("GET /nowhere HTTP/1.1")],
    ["an unknown path with a query", "not_found", request(`GET /nowhere?q=${CANARY} HTTP/1.1`)],
    ["the root", "not_found", request("GET / HTTP/1.1")],
    ["an unknown path with a body", "not_found", request("POST /nowhere HTTP/1.1", [json], "{}")],
    ["an asterisk", "not_found", request("OPTIONS * HTTP/1.1")],
    ["another method of a known path", "method_not_allowed", request("DELETE /echo HTTP/1.1")],
    [
      "another method of a path with a parameter",
      "method_not_allowed",
      request("POST /items/1 HTTP/1.1", [json], "{}"),
    ],
    ["another method, with a query", "method_not_allowed", request("PUT /fine?x=1 HTTP/1.1", [json], "{}")],
    ["a method that Node knows and Fastify does not", "not_found", request("PROPFIND /nowhere HTTP/1.1")],
    ["such a method of a known path", "method_not_allowed", request("PROPFIND /fine HTTP/1.1")],
    ["a method that does not exist", "malformed_request", request("BREW /fine HTTP/1.1")],
    ["CONNECT", "method_not_allowed", request("CONNECT example.com:443 HTTP/1.1")],
    ["TRACE", "method_not_allowed", request("TRACE /fine HTTP/1.1")],
    ["malformed JSON", "malformed_request", request("POST /echo HTTP/1.1", [json], `{"a": ${CANARY}`)],
    ["an empty JSON body", "malformed_request", request("POST /echo HTTP/1.1", [json, "Content-Length: 0"])],
    [
      "JSON that reaches for the prototype",
      "malformed_request",
      request("POST /echo HTTP/1.1", [json], '{"__proto__":1}'),
    ],
    [
      "a media type that nobody parses",
      "unsupported_media_type",
      request("POST /echo HTTP/1.1", ["Content-Type: x/y"], "x"),
    ],
    ["a body without media type", "unsupported_media_type", request("POST /echo HTTP/1.1", [], "x")],
    [
      "a media type that is garbage",
      "unsupported_media_type",
      request("POST /echo HTTP/1.1", ["Content-Type: ;;="], "x"),
    ],
    [
      "a body over the limit",
      "payload_too_large",
      request("POST /echo HTTP/1.1", [json, `Content-Length: ${2 ** 21}`]),
    ],
    ["a path that is no valid encoding", "malformed_request", request("GET /%zz HTTP/1.1")],
    ["a parameter that is no valid encoding", "malformed_request", request("GET /items/%c3%28 HTTP/1.1")],
    ["a parameter over the limit", "malformed_request", request(`GET /items/${"x".repeat(200)} HTTP/1.1`)],
    ["headers over the limit", "malformed_request", request("GET /fine HTTP/1.1", [`X: ${"x".repeat(20_000)}`])],
    ["a path over the limit", "malformed_request", request(`GET /${"x".repeat(20_000)} HTTP/1.1`)],
    ["garbage", "malformed_request", "garbage\r\n\r\n"],
    ["bytes of a TLS hello", "malformed_request", Buffer.from("16030100c8010000c40303", "hex")],
    ["HTTP/0.9", "malformed_request", "GET /fine\r\n\r\n"],
    ["HTTP/2 by prior knowledge", "malformed_request", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["HTTP/9.9", "malformed_request", request("GET /fine HTTP/9.9")],
    ["no Host", "malformed_request", "GET /fine HTTP/1.1\r\n\r\n"],
    ["two Hosts", "malformed_request", request("GET /fine HTTP/1.1", ["Host: y"])],
    ["two lengths", "malformed_request", request("POST /echo HTTP/1.1", ["Content-Length: 1", "Content-Length: 2"])],
    [
      "a length beside chunks",
      "malformed_request",
      request("POST /echo HTTP/1.1", ["Content-Length: 1", "Transfer-Encoding: chunked"]),
    ],
    ["a length that is no number", "malformed_request", request("POST /echo HTTP/1.1", ["Content-Length: x"])],
    ["a header name with a space", "malformed_request", request("GET /fine HTTP/1.1", ["Bad Name: x"])],
    ["a header with a bare line feed", "malformed_request", request("GET /fine HTTP/1.1", ["A: x\nB: y\r"])],
    ["a header with a zero byte", "malformed_request", request("GET /fine HTTP/1.1", ["A: \u0000"])],
    ["an expectation", "malformed_request", request("POST /echo HTTP/1.1", ["Expect: 4711-please", json], "{}")],
    ["an error", "internal_error", request("GET /throws/error HTTP/1.1")],
    ["an error with a status of its own", "internal_error", request("GET /throws/status HTTP/1.1")],
    ["an error with a client's status", "internal_error", request("GET /throws/client-status HTTP/1.1")],
    [
      "an error whose code is a property of every object",
      "internal_error",
      request("GET /throws/prototype-code HTTP/1.1"),
    ],
    ["a string that is thrown", "internal_error", request("GET /throws/string HTTP/1.1")],
    ["null that is thrown", "internal_error", request("GET /throws/null HTTP/1.1")],
    ["undefined that is thrown", "internal_error", request("GET /throws/undefined HTTP/1.1")],
    ["an answer that cannot be serialised", "internal_error", request("GET /unserialisable HTTP/1.1")],
    ["an answer that is none", "internal_error", request("GET /wrong-payload HTTP/1.1")],
  ])("%s", async (_what, category, raw) => {
    expectExactly(await send(raw), category);
  });

  it.each(Object.keys(ERROR_CATEGORIES) as ErrorCategory[])("an HttpError of the category %s", async (category) => {
    expectExactly(await send(request(`GET /category/${category} HTTP/1.1`)), category);
  });

  it("a request that does not arrive in time", async () => {
    const socket = connect(port, "127.0.0.1");
    const [accepted]: unknown[] = await Promise.all([once(server.server, "connection"), once(socket, "connect")]);
    // Node raises this event when its timer finds the request overdue; waiting for the timer would prove no more.
    const overdue = Object.assign(new Error("Request timeout"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
    server.server.emit("clientError", overdue, Object(accepted)[0]);
    expectExactly(await answerOn(socket), "temporarily_unavailable");
    socket.destroy();
  });
});

describe("an answer to a method that is not allowed names those that are:", () => {
  it.each([
    ["none, to CONNECT", "CONNECT example.com:443 HTTP/1.1", ""],
    ["POST", "DELETE /echo HTTP/1.1", "POST"],
    ["GET, and HEAD with it", "PUT /fine HTTP/1.1", "GET, HEAD"],
    ["those of a path with a parameter", "DELETE /items/1 HTTP/1.1", "GET, HEAD"],
  ])("%s", async (_which, line, allow) => {
    expect((await send(request(line))).headers.get("allow")).toBe(allow);
  });
});

describe("a connection that broke a rule is closed", () => {
  it.each([
    ["garbage", "garbage\r\n\r\n"],
    ["an expectation", request("POST /echo HTTP/1.1", ["Expect: 4711-please", "Content-Type: application/json"], "{}")],
  ])("after %s", async (_what, raw) => {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    const closed = once(socket, "close");
    socket.write(raw);
    const answer = await answerOn(socket);
    expect(answer.headers.get("connection")).toBe("close");
    await closed;
  });

  const CHUNKED = ["Transfer-Encoding: chunked", "Content-Type: application/json"];

  /** Everything that comes back until the connection is closed. */
  async function allAnswers(raw: string): Promise<string> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    const answered: Buffer[] = [];
    socket.on("data", (data) => answered.push(data)).on("error", () => {});
    const closed = once(socket, "close");
    socket.write(raw);
    await closed;
    return Buffer.concat(answered).toString();
  }

  it.each([
    ["is waiting for its answer", "POST /echo HTTP/1.1"],
    ["was answered before its body was over", "POST /nowhere HTTP/1.1"],
  ])("after one answer when the body of a request that %s breaks a rule", async (_what, line) => {
    const answers = await allAnswers(`${request(line, CHUNKED)}1\r\n{\r\nzz\r\n`);
    expect(answers.match(/^HTTP\/1\.1 4\d\d /gm)).toHaveLength(1);
    expect(answers.match(/\{"error":"[a-z_]+"\}/g)).toHaveLength(1);
  });

  it("without an answer when garbage follows a complete request that is still being worked on", async () => {
    // Written now, a 400 would be taken for that request's answer, and a mail that should come again would be dropped.
    expect(await allAnswers(`${request("GET /slow HTTP/1.1")}garbage\r\n\r\n`)).toBe("");
  });

  it("and the server goes on", async () => {
    expect((await send(request("GET /fine HTTP/1.1"))).status).toBe(200);
  });
});

describe("a client that goes away", () => {
  it.each([
    ["before it says anything", ""],
    ["in the middle of its headers", "GET /fine HTTP/1.1\r\nHo"],
    [
      "in the middle of its body",
      request("POST /echo HTTP/1.1", ["Content-Type: application/json", "Content-Length: 99"]),
    ],
    ["before its answer", request("GET /slow HTTP/1.1")],
  ])("%s harms nobody else", async (_when, raw) => {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    if (raw !== "") socket.write(raw);
    socket.resetAndDestroy();
    expect((await send(request("GET /fine HTTP/1.1"))).status).toBe(200);
  });
});

describe("what is fine", () => {
  it("is answered without a header that tells what answers", async () => {
    const answer = await send(request("GET /fine HTTP/1.1"));
    expect(answer).toMatchObject({ status: 200, body: '{"status":"live"}' });
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    for (const name of ["server", "x-powered-by"]) expect(answer.headers.has(name)).toBe(false);
  });

  it("includes a body that waits for the server's 100 Continue", async () => {
    const raw = request("POST /echo HTTP/1.1", ["Expect: 100-continue", "Content-Type: application/json"], '{"a":1}');
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.write(raw);
    const [first] = await once(socket, "data");
    expect(String(first)).toMatch(/^HTTP\/1\.1 100 Continue\r\n/);
    socket.destroy();
  });

  it("includes a request that offers another protocol: the offer is ignored", async () => {
    const upgrade = ["Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABkAAQAAP__"];
    expect(await send(request("GET /fine HTTP/1.1", upgrade))).toMatchObject({
      status: 200,
      body: '{"status":"live"}',
    });
  });

  it("includes a request whose sender closed its half and waits for the answer", async () => {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.end(request("GET /slow HTTP/1.1"));
    expect(await answerOn(socket)).toMatchObject({ status: 200, body: '{"status":"done"}' });
    socket.destroy();
  });

  it("continues the trace that the caller names, and starts one when it names none", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const continued = await send(request("GET /traced HTTP/1.1", [`traceparent: ${traceparent}`]));
    expect(continued.body).toContain("0af7651916cd43dd8448eb211c80319c");
    expect((await send(request("GET /traced HTTP/1.1"))).body).toMatch(/"00-[0-9a-f]{32}-[0-9a-f]{16}-/);
  });
});

describe("the log", () => {
  it("has a line for each fault of ours with its route, and no line for a caller's mistake", async () => {
    lines.length = 0;
    await send(request("GET /throws/error HTTP/1.1"));
    await send(request("GET /nowhere HTTP/1.1"));
    await send("garbage\r\n\r\n");
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines.join(""))).toMatchObject({
      event: "http.internal_error",
      route: "/throws/:what",
      error: "Error",
    });
  });

  it("holds nothing of a request or of an error's message", () => {
    expect(lines.join("")).not.toContain(CANARY);
  });
});
