import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { ErrorCategory } from "@flowstate/contracts";
import type { FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { createLogger } from "../logger.ts";
import { HttpError } from "./http-error.ts";
import { Linger, type LingerBounds } from "./linger.ts";
import { createHttpServer } from "./server.ts";
import { answerOn, connectTo, exchange, requestText } from "./testing/raw-client.ts";

/*
 * Real: the HTTP server and raw sockets, whose client reads nothing before it has sent everything. Doubled: nothing; the
 * bounds are short where a test waits for one.
 */

const MIB = 1024 * 1024;
const MAIL_BYTES = 30 * MIB;
const PIECE = Buffer.alloc(MIB, "x");

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

interface Running {
  readonly server: FastifyInstance;
  readonly port: number;
}

/** A server whose routes answer before they have read the body, each in its own way. */
async function start(linger: Partial<LingerBounds> = {}): Promise<Running> {
  const logger = createLogger("ingest", "error", { write: () => {} });
  const server = createHttpServer({ logger, requestTimeoutMs: 60_000, linger });
  server.get("/fine", async () => ({ status: "live" }));
  server.post("/parsed", async () => ({}));
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    const unauthenticated = async () => {
      throw new HttpError("authentication_failed");
    };
    scope.post("/unread", { onRequest: unauthenticated }, async () => ({}));
    scope.post("/empty", (_request, reply) => reply.code(204).send());
    scope.post("/partly-read", async ({ raw }) => {
      let bytes = 0;
      for await (const chunk of raw.iterator({ destroyOnReturn: false })) {
        bytes += chunk.byteLength;
        if (bytes > 3 * MIB) throw new HttpError("payload_too_large");
      }
      return {};
    });
    scope.post("/given-up", async ({ raw }) => {
      const chunks = raw.iterator({ destroyOnReturn: false });
      await chunks.next();
      // Waits for more, as a route does that is told to stop: this promise is left behind.
      chunks.next().catch(() => {});
      throw new HttpError("temporarily_unavailable");
    });
    scope.post("/listened-to", async ({ raw }) => {
      raw.on("data", () => {});
      raw.pause();
      throw new HttpError("temporarily_unavailable");
    });
  });
  await server.listen({ host: "127.0.0.1", port: 0 });
  opened.push(() => server.close());
  return { server, port: portOf(server.server) };
}

function portOf(server: { address(): unknown }): number {
  return (server.address() as AddressInfo).port;
}

/** A client that reads nothing until it is told to. */
async function deafClient(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1").pause();
  opened.push(() => socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** Resolves when all of it has left; rejects when the connection breaks before. */
async function sendAll(socket: Socket, pieces: Iterable<string | Buffer>): Promise<void> {
  for (const piece of pieces) {
    await new Promise<void>((resolve, reject) => {
      socket.write(piece, (error) => (error instanceof Error ? reject(error) : resolve()));
    });
  }
}

/** A mail as it goes over the wire: its head, and its body whole or in chunks. */
function* mail(
  path: string,
  framing: "whole" | "chunked",
  connection: "close" | "keep-alive",
): Generator<string | Buffer> {
  const type = path === "/parsed" ? "application/json" : "multipart/form-data; boundary=xYzZY";
  const length = framing === "whole" ? `Content-Length: ${MAIL_BYTES}` : "Transfer-Encoding: chunked";
  yield requestText(`POST ${path} HTTP/1.1`, [`Content-Type: ${type}`, `Connection: ${connection}`, length]);
  for (let sent = 0; sent < MAIL_BYTES; sent += PIECE.byteLength) {
    if (framing === "chunked") yield `${PIECE.byteLength.toString(16)}\r\n`;
    yield PIECE;
    if (framing === "chunked") yield "\r\n";
  }
  if (framing === "chunked") yield "0\r\n\r\n";
}

const EARLY_ANSWERS: [string, string, ErrorCategory, number][] = [
  ["is refused before any of it is read", "/unread", "authentication_failed", 401],
  ["no route wants", "/nowhere", "not_found", 404],
  ["is too large for a parser of Fastify's", "/parsed", "payload_too_large", 413],
  ["its route stops reading", "/partly-read", "payload_too_large", 413],
  ["its route stops reading while it waits for more", "/given-up", "temporarily_unavailable", 503],
  ["its route listens to, and paused", "/listened-to", "temporarily_unavailable", 503],
];

describe("a client that reads only after it has sent 30 MB gets its answer when the mail", () => {
  it.each(
    EARLY_ANSWERS.flatMap(([what, ...rest]) =>
      (["whole", "chunked"] as const).map((framing) => [what, framing, ...rest] as const),
    ),
  )("%s (%s)", async (_what, framing, path, error, status) => {
    const { port } = await start();
    for (const connection of ["close", "keep-alive"] as const) {
      const socket = await deafClient(port);
      await sendAll(socket, mail(path, framing, connection));
      expect(await answerOn(socket)).toMatchObject({ status, body: JSON.stringify({ error }) });
      if (connection === "close") {
        await once(socket, "close");
      } else if (path !== "/parsed") {
        // The connection is as good as new. (After its parser gave up, Fastify closes it.)
        socket.write(requestText("GET /fine HTTP/1.1"));
        expect(await answerOn(socket)).toMatchObject({ status: 200, body: '{"status":"live"}' });
      }
    }
  });

  it.each([
    [
      "has too many headers",
      requestText("POST /unread HTTP/1.1", [`X: ${"x".repeat(20_000)}`, `Content-Length: ${MAIL_BYTES}`]),
    ],
    ["is no HTTP at all", "garbage\r\n\r\n"],
  ])("%s", async (_what, head) => {
    const { port } = await start();
    const socket = await deafClient(port);
    await sendAll(socket, [head, ...Array.from({ length: 30 }, () => PIECE)]);
    expect(await answerOn(socket)).toMatchObject({ status: 400, body: '{"error":"malformed_request"}' });
    socket.end();
    await once(socket, "close");
  });

  it("and would not get it from a server that closes when it has answered", async () => {
    const hasty = createServer((_request, response) => {
      response.writeHead(401, { connection: "close" }).end();
    }).listen(0, "127.0.0.1");
    await once(hasty, "listening");
    opened.push(() => hasty.close());
    const socket = await deafClient(portOf(hasty));
    socket.on("error", () => {});
    await expect(sendAll(socket, mail("/unread", "whole", "close"))).rejects.toThrow(/ECONNRESET|EPIPE/);
  });
});

describe("an answer that is given early", () => {
  it("is there at once, for a client that reads while it sends", async () => {
    const { port } = await start();
    const socket = await connectTo(port);
    opened.push(() => socket.destroy());
    socket.write(requestText("POST /unread HTTP/1.1", ["Content-Length: 1000000"]));
    expect(await answerOn(socket)).toMatchObject({ status: 401 });
    socket.write(Buffer.alloc(1_000_000));
    socket.write(requestText("GET /fine HTTP/1.1"));
    expect(await answerOn(socket)).toMatchObject({ status: 200 });
  });

  it("comes after the 100 Continue that the client waits for", async () => {
    const { port } = await start();
    const socket = await connectTo(port);
    opened.push(() => socket.destroy());
    let received = "";
    socket.on("data", (data) => {
      received += data.toString();
    });
    socket.write(requestText("POST /unread HTTP/1.1", ["Expect: 100-continue", "Content-Length: 10"]));
    await expect.poll(() => received).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 401 [\s\S]*_failed"\}$/);
    received = "";
    socket.write(`0123456789${requestText("GET /fine HTTP/1.1")}`);
    await expect.poll(() => received).toMatch(/^HTTP\/1\.1 200 [\s\S]*"live"\}$/);
  });

  it("of no bytes closes the connection, so that nothing is read without a bound", async () => {
    const { port } = await start();
    const head = requestText("POST /empty HTTP/1.1", ["Content-Length: 10"]);
    const answer = await exchange(port, head);
    expect(answer.status).toBe(204);
    expect(answer.headers.get("connection")).toBe("close");
  });

  it("harms nobody when its client goes away", async () => {
    const { port } = await start();
    const socket = await connectTo(port);
    socket.write(requestText("POST /unread HTTP/1.1", ["Content-Length: 1000000"]));
    await answerOn(socket);
    socket.resetAndDestroy();
    expect(await exchange(port, requestText("GET /fine HTTP/1.1"))).toMatchObject({ status: 200 });
  });
});

const HEADS = [
  ["a request", requestText("POST /unread HTTP/1.1", ["Transfer-Encoding: chunked"]), "401"],
  ["what is no request", "garbage\r\n\r\n", "400"],
] as const;
/** As a chunk, so that it is a body; where there is no request it may be anything. */
const CHUNK = `10000\r\n${"x".repeat(0x1_00_00)}\r\n`;

describe.each(HEADS)("after the answer to %s", (_what, head, status) => {
  /** A client that has been answered, and how long the server then keeps its connection. */
  async function answered(linger: Partial<LingerBounds>) {
    const { server, port } = await start(linger);
    const accepted = new Promise<Socket>((resolve) => server.server.once("connection", resolve));
    // The server closes its half when it has answered what is no request; this client goes on.
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    opened.push(() => socket.destroy());
    socket.on("error", () => {});
    const servers = await accepted;
    const since = performance.now();
    const closed = once(servers, "close").then(() => performance.now() - since);
    socket.write(head);
    expect(String((await answerOn(socket)).status)).toBe(status);
    return { socket, closed, servers, server };
  }

  it("a sender that never stops is cut off at the bound of bytes", async () => {
    const { socket, closed, servers } = await answered({ maxBytes: 4 * MIB });
    const flood = () => {
      while (!socket.destroyed && socket.write(CHUNK)) {}
    };
    socket.on("drain", flood);
    flood();
    await closed;
    expect(servers.bytesRead).toBeGreaterThan(4 * MIB);
    expect(servers.bytesRead).toBeLessThan(5 * MIB);
  });

  it("one that never stops, slowly, is cut off at the bound of time", async () => {
    const { socket, closed } = await answered({ maxMs: 500, idleMs: 10_000 });
    const trickle = setInterval(() => socket.write(CHUNK), 20);
    opened.push(() => clearInterval(trickle));
    const ms = await closed;
    expect(ms).toBeGreaterThan(450);
    expect(ms).toBeLessThan(5_000);
  });

  it("one that stalls is cut off when it has been silent for too long, and not before", async () => {
    const { socket, closed } = await answered({ maxMs: 10_000, idleMs: 400 });
    for (let n = 0; n < 4; n += 1) {
      await sleep(150);
      socket.write(CHUNK);
    }
    const ms = await closed;
    expect(ms).toBeGreaterThan(950);
    expect(ms).toBeLessThan(6_000);
  });

  it("a server that closes waits for it only briefly", async () => {
    const { socket, closed, server } = await answered({ maxMs: 60_000, idleMs: 60_000, closingMs: 300 });
    const trickle = setInterval(() => socket.write(CHUNK), 20);
    opened.push(() => clearInterval(trickle));
    await Promise.all([server.close(), closed]);
    expect(await closed).toBeLessThan(5_000);
  });
});

describe("what is read after the answer", () => {
  it("is zeroed, what waited to be read included", async () => {
    const chunks = Array.from({ length: 20 }, (_, n) => Buffer.alloc(40_000, n + 1));
    const source = new Readable({ read() {} });
    for (const chunk of chunks.slice(0, 10)) source.push(chunk);
    const out = new Linger().readOut(source);
    for (const chunk of [...chunks.slice(10), null]) source.push(chunk);
    await out;
    for (const chunk of chunks) expect(chunk.every((byte) => byte === 0)).toBe(true);
  });

  it("is kept from whoever was reading before", async () => {
    const source = new Readable({ read() {} });
    const seen: unknown[] = [];
    source.on("data", (chunk) => seen.push(chunk)).on("readable", () => seen.push(source.read()));
    const out = new Linger().readOut(source);
    source.push(Buffer.alloc(10, 1));
    source.push(null);
    await out;
    expect(seen).toEqual([]);
  });

  it("is over when the source fails", async () => {
    const source = new Readable({ read() {} });
    const out = new Linger().readOut(source);
    source.destroy(new Error("reset"));
    await out;
    await new Linger().readOut(source);
    expect(source.destroyed).toBe(true);
  });
});
