import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { connect, createServer as createTcpServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { GhostBytes } from "@flowstate/ghost";
import { createCertificateAuthority } from "@flowstate/local/doubles/certificate.ts";
import { startErp } from "@flowstate/local/doubles/erp.ts";
import { describe, expect, it } from "vitest";
import { MAX_ANSWER_BYTES } from "./attempt-connection.ts";
import type { Network } from "./egress/connect-guarded.ts";
import { type ErpEndpointOptions, erpEndpoint } from "./erp-endpoint.ts";
import { sendWebhook } from "./send-webhook.ts";

// Real: HTTP and TLS over loopback. Doubled: the ERP, also by servers that write whatever bytes a test says. What each fault means for the document is in push-extraction.test.ts.

function attempt(body: GhostBytes, headers: Record<string, string> = {}) {
  return { headers, body, timeLimitMs: 10_000, signal: new AbortController().signal };
}

async function startServer(listener: RequestListener) {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    url: new URL(`http://127.0.0.1:${address.port}/`),
    connections: () => new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count))),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

describe("sendWebhook", () => {
  it("sends the bytes and leaves them to their owner, unwiped", async () => {
    await using erp = await startErp();
    using body = GhostBytes.taking(Buffer.from('{"a":1}'));
    const answer = await sendWebhook(erpEndpoint({ url: new URL(erp.webhookUrl), allowLoopback: true }), attempt(body));
    expect(answer).toEqual({ kind: "answered", status: 401 });
    expect(erp.received[0]?.body).toEqual({ a: 1 });
    expect(body.view().toString()).toBe('{"a":1}');
  });

  it.each([
    ["a day ahead", 86_400_000, true],
    ["a day behind", -86_400_000, true],
    ["a minute ahead", 60_000, undefined],
  ])("sees by the answer that its own clock is %s", async (_name, offMs, clockOff) => {
    await using erp = await startErp();
    using body = GhostBytes.taking(Buffer.from("{}"));
    const now = () => new Date(Date.now() + offMs);
    const endpoint = erpEndpoint({ url: new URL(erp.webhookUrl), allowLoopback: true });
    expect(await sendWebhook(endpoint, { ...attempt(body), now })).toEqual({ kind: "answered", status: 401, clockOff });
  });

  it("has closed its connection when it settles, although the ERP would keep it", async () => {
    await using server = await startServer(
      (request, response) => void request.resume().on("end", () => response.end()),
    );
    using body = GhostBytes.taking(Buffer.from("{}"));
    expect(await sendWebhook(erpEndpoint({ url: server.url, allowLoopback: true }), attempt(body))).toEqual({
      kind: "answered",
      status: 200,
    });
    await expect.poll(server.connections).toBe(0);
  });

  it("stops reading an answer that never ends", async () => {
    await using server = await startServer((request, response) => {
      const more = () => {
        while (response.write(Buffer.alloc(16 * 1024, "x")));
      };
      request.resume().on("end", more);
      response.on("drain", more);
    });
    using body = GhostBytes.taking(Buffer.from("{}"));
    expect(await sendWebhook(erpEndpoint({ url: server.url, allowLoopback: true }), attempt(body))).toEqual({
      kind: "answered",
      status: 200,
    });
    await expect.poll(server.connections).toBe(0);
  });

  it("throws for a request that cannot be sent at all: that is a bug, not the ERP's fault", async () => {
    await using erp = await startErp();
    using body = GhostBytes.taking(Buffer.from("{}"));
    const sending = sendWebhook(
      erpEndpoint({ url: new URL(erp.webhookUrl), allowLoopback: true }),
      attempt(body, { "bad header": "x" }),
    );
    await expect(sending).rejects.toThrow();
    expect(erp.attempts).toBe(0);
  });
});

interface WireServer extends AsyncDisposable {
  readonly endpoint: ErpEndpointOptions;
  readonly connections: () => number;
  readonly bytesReceived: () => number;
}

/** An ERP that does on each connection what the test says, with TLS or without, and counts. */
async function startWire(talk: (socket: Socket) => void, { tls = false } = {}): Promise<WireServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let bytesReceived = 0;
  const take = (socket: Socket) => {
    connections += 1;
    sockets.add(socket.on("error", () => {}).on("close", () => sockets.delete(socket)));
    socket.on("data", (data) => (bytesReceived += data.byteLength)).pause();
    talk(socket);
  };
  const authority = createCertificateAuthority();
  const { certificate: cert, key } = authority.issue();
  const server = tls ? createTlsServer({ cert, key }, take) : createTcpServer(take);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  const url = new URL(`${tls ? "https" : "http"}://127.0.0.1:${address.port}/`);
  return {
    endpoint: { url, allowLoopback: true, caCertificate: authority.certificate },
    connections: () => connections,
    bytesReceived: () => bytesReceived,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Writes a beginning and then the same text for as long as somebody reads. */
function pour(socket: Socket, beginning: string, text: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(text.repeat(1024)));
  };
  socket.on("drain", more).resume().write(beginning);
  more();
}

/** More than the sockets of both sides hold between them. */
const LARGE_BYTES = 12 * 1024 * 1024;

describe("sendWebhook, of an answer that comes before the request was read", () => {
  const OK = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n";
  const send = async ({ endpoint }: WireServer) => {
    using body = GhostBytes.taking(Buffer.alloc(LARGE_BYTES, "x"));
    return await sendWebhook(erpEndpoint(endpoint), attempt(body));
  };
  const answeringEarly = (head: string, thenReads: boolean) => (socket: Socket) =>
    void socket.write(`${head}\r\n`, () => thenReads && socket.resume());

  it.each([false, true])("has everything sent that is acknowledged (TLS: %s)", async (tls) => {
    await using erp = await startWire(answeringEarly(OK, true), { tls });
    expect(await send(erp)).toEqual({ kind: "answered", status: 200 });
    await expect.poll(erp.bytesReceived).toBeGreaterThan(LARGE_BYTES);
  });

  it.each([false, true])("takes none for delivered that ends the connection first (TLS: %s)", async (tls) => {
    await using erp = await startWire(answeringEarly(`${OK}connection: close\r\n`, true), { tls });
    expect(await send(erp)).toMatchObject({ kind: "failed", fault: "network", ambiguous: true });
    expect(erp.bytesReceived()).toBeLessThan(LARGE_BYTES);
  });

  it("takes none for delivered that is never read, and waits no longer than the attempt's time", async () => {
    await using erp = await startWire(answeringEarly(OK, false));
    using body = GhostBytes.taking(Buffer.alloc(LARGE_BYTES, "x"));
    const answer = await sendWebhook(erpEndpoint(erp.endpoint), { ...attempt(body), timeLimitMs: 100 });
    expect(answer).toMatchObject({ kind: "failed", fault: "timeout", ambiguous: true });
  });

  it("waits for nothing when it is a refusal", async () => {
    await using erp = await startWire(answeringEarly("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n", false));
    expect(await send(erp)).toEqual({ kind: "answered", status: 413 });
  });
});

describe("sendWebhook, of an answer that does not come to an end", () => {
  it.each([
    ["interim answers", "", "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"],
    ["a reason phrase", "HTTP/1.1 200 ", "x"],
    ["empty lines", "", "\r\n"],
    ["one header", "HTTP/1.1 200 OK\r\nx: ", "x"],
    ["headers", "HTTP/1.1 200 OK\r\n", "x: y\r\n"],
  ])("listens to little of %s", async (_what, beginning, text) => {
    await using erp = await startWire((socket) => pour(socket, beginning, text));
    using body = GhostBytes.taking(Buffer.from("{}"));
    const cpu = process.cpuUsage();
    expect(await sendWebhook(erpEndpoint(erp.endpoint), attempt(body))).toMatchObject({
      kind: "failed",
      fault: "network",
      cause: { code: "UND_ERR_HEADERS_OVERFLOW" },
    });
    expect(process.cpuUsage(cpu).user).toBeLessThan(1_000_000);
  });

  it.each([
    ["a body", "HTTP/1.1 200 OK\r\n\r\n", "x"],
    ["a chunk's extension", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5;", "x"],
    ["trailers", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", "x: y\r\n"],
  ])("keeps the status and listens to little of %s", async (_what, beginning, text) => {
    let sent = 0;
    await using erp = await startWire((socket) => {
      pour(socket, beginning, text);
      socket.on("close", () => (sent = socket.bytesWritten - socket.writableLength));
    });
    using body = GhostBytes.taking(Buffer.from("{}"));
    expect(await sendWebhook(erpEndpoint(erp.endpoint), attempt(body))).toEqual({ kind: "answered", status: 200 });
    await expect.poll(() => sent).toBeGreaterThan(MAX_ANSWER_BYTES);
  });
});

describe("sendWebhook's connection", () => {
  it("is one for each attempt, although it is lost before anything was sent", async () => {
    await using erp = await startWire((socket) => socket.resume());
    let made = 0;
    // As a socket is whose other end resets it at the very beginning.
    const resetting: Network = {
      resolve: async (name) => [name],
      connect: (options) => {
        made += 1;
        return Object.defineProperty(connect(options), "remoteAddress", { value: undefined });
      },
    };
    using body = GhostBytes.taking(Buffer.from("{}"));
    expect(await sendWebhook(erpEndpoint(erp.endpoint, resetting), attempt(body))).toMatchObject({
      kind: "failed",
      fault: "network",
      ambiguous: false,
      cause: { code: "ECONNRESET" },
    });
    expect(made).toBe(1);
  });

  it.each([
    ["closed", (socket: Socket) => socket.destroy()],
    ["reset", (socket: Socket) => socket.resetAndDestroy()],
  ])("is one for each attempt, although it is %s as soon as it is there", async (_how, end) => {
    await using erp = await startWire(end);
    using body = GhostBytes.taking(Buffer.from("{}"));
    const answer = await sendWebhook(erpEndpoint(erp.endpoint), attempt(body));
    expect(answer).toMatchObject({ kind: "failed", fault: "network" });
    expect(erp.connections()).toBe(1);
  });
});
