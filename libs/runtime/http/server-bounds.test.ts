import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { createLogger } from "../logger.ts";
import { HttpError } from "./http-error.ts";
import { createHttpServer, type HttpServerOptions } from "./server.ts";
import { answerOn, connectTo, exchange, requestText } from "./testing/raw-client.ts";

/* Real: the HTTP server over raw sockets, Node's own timers included. Doubled: standard output, by an array of lines. */

const UNAVAILABLE = { status: 503, body: '{"error":"temporarily_unavailable"}' };
const lines: string[] = [];
let server: FastifyInstance;
afterEach(() => server.close());

async function start(options: Partial<HttpServerOptions>): Promise<number> {
  lines.length = 0;
  const logger = createLogger("ingest", "debug", { write: (line) => void lines.push(line) });
  server = createHttpServer({ logger, requestTimeoutMs: 60_000, ...options });
  server.get("/fine", async () => ({ status: "live" }));
  server.get("/slow", async () => {
    await sleep(300);
    return { status: "done" };
  });
  server.get("/store-away", async () => {
    throw new HttpError("temporarily_unavailable", { cause: new TypeError("canary-4711") });
  });
  server.post("/echo", async (request) => ({ received: request.body }));
  await server.listen({ host: "127.0.0.1", port: 0 });
  return (server.server.address() as AddressInfo).port;
}

describe("a request that arrives too slowly is answered 503 and its connection closed:", () => {
  it.each<[string, string, Partial<HttpServerOptions>]>([
    ["one whose headers do", "GET /fine HTTP/1.1\r\nHo", { headersTimeoutMs: 500 }],
    [
      "one whose body does",
      requestText("POST /echo HTTP/1.1", ["Content-Type: application/json", "Content-Length: 9"]),
      { requestTimeoutMs: 500 },
    ],
  ])("%s", async (_what, raw, options) => {
    const socket = await connectTo(await start(options));
    const since = performance.now();
    const closed = once(socket, "close");
    socket.write(raw);
    const answer = await answerOn(socket);
    expect(answer).toMatchObject(UNAVAILABLE);
    expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
    await closed;
    expect(performance.now() - since).toBeGreaterThan(450);
    expect(performance.now() - since).toBeLessThan(10_000);
  });
});

describe("a server that closes", () => {
  it("answers a connection that was just made and has not asked yet", async () => {
    const socket = await connectTo(await start({}));
    const closed = server.close();
    await sleep(50);
    socket.write(requestText("GET /fine HTTP/1.1", []));
    expect(await answerOn(socket)).toMatchObject({ status: 200 });
    await closed;
  });

  it("does not wait for one that never asks", async () => {
    const socket = await connectTo(await start({}));
    const cut = once(socket, "close");
    await server.close();
    await cut;
  });
});

describe("header bytes", () => {
  it("are bounded as the server is told", async () => {
    const port = await start({ maxHeaderBytes: 2_048 });
    const withHeader = (bytes: number) =>
      exchange(port, requestText("GET /fine HTTP/1.1", [`X: ${"x".repeat(bytes)}`]));
    expect((await withHeader(1_900)).status).toBe(200);
    expect(await withHeader(2_100)).toMatchObject({ status: 400, body: '{"error":"malformed_request"}' });
  });
});

describe("a server that closes", () => {
  it("answers what is under way, and does not wait for the client to close its connection", async () => {
    const socket = await connectTo(await start({}));
    const closed = once(socket, "close");
    socket.write(requestText("GET /slow HTTP/1.1"));
    await sleep(100);
    const since = performance.now();
    const [answer] = await Promise.all([answerOn(socket), server.close()]);
    expect(answer).toMatchObject({ status: 200, body: '{"status":"done"}' });
    expect(answer.headers.get("connection")).toBe("close");
    await closed;
    expect(performance.now() - since).toBeLessThan(5_000);
  });
});

describe("a failure with a cause", () => {
  it("is logged with the cause's class and without its message", async () => {
    const port = await start({});
    expect(await exchange(port, requestText("GET /store-away HTTP/1.1"))).toMatchObject(UNAVAILABLE);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines.join(""))).toMatchObject({
      event: "http.request_failed",
      route: "/store-away",
      code: "temporarily_unavailable",
      error: "TypeError",
    });
    expect(lines.join("")).not.toContain("canary");
  });
});
