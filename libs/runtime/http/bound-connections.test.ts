import { once } from "node:events";
import { type AddressInfo, createServer, Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { createLogger } from "../logger.ts";
import { boundConnections, type ConnectionBounds } from "./bound-connections.ts";
import { createHttpServer } from "./server.ts";
import { answerOn, connectTo, requestText } from "./testing/raw-client.ts";

/* Real: the HTTP server and its clients. Doubled: where a connection comes from, where that matters. */

const UNAVAILABLE = { status: 503, body: '{"error":"temporarily_unavailable"}' };
const LIVE = { status: 200, body: '{"status":"live"}' };

let server: FastifyInstance;
let handled: number;
const clients: Socket[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await server?.close();
});

async function start(bounds: Partial<ConnectionBounds>): Promise<number> {
  handled = 0;
  const logger = createLogger("ingest", "error", { write: () => {} });
  server = createHttpServer({ logger, requestTimeoutMs: 60_000, ...bounds });
  server.get("/fine", async () => {
    handled += 1;
    return { status: "live" };
  });
  await server.listen({ host: "127.0.0.1", port: 0 });
  return (server.server.address() as AddressInfo).port;
}

async function open(port: number): Promise<Socket> {
  const client = await connectTo(port);
  client.on("error", () => {});
  clients.push(client);
  return client;
}

describe.each([
  ["from one address", { maxConnectionsPerAddress: 3 }],
  ["in all", { maxConnections: 3 }],
])("more connections than allowed %s", (_what, bounds) => {
  it("are answered 503 with Retry-After and closed, and the others go on", async () => {
    const port = await start(bounds);
    const accepted = [await open(port), await open(port), await open(port)];
    const refused = await open(port);
    const answer = await answerOn(refused);
    expect(answer).toMatchObject(UNAVAILABLE);
    expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(answer.headers.get("connection")).toBe("close");
    await once(refused, "close");
    for (const client of accepted) {
      client.write(requestText("GET /fine HTTP/1.1"));
      expect(await answerOn(client)).toMatchObject(LIVE);
    }
  });

  it("have their requests read and not handled, so that a client which reads last gets its 503", async () => {
    const port = await start(bounds);
    const accepted = [await open(port), await open(port), await open(port)];
    const refused = (await open(port)).pause();
    const requests = Buffer.from(requestText("GET /fine HTTP/1.1").repeat(100_000));
    await new Promise<void>((resolve, reject) => {
      refused.write(requests, (error) => (error instanceof Error ? reject(error) : resolve()));
    });
    expect(await answerOn(refused)).toMatchObject(UNAVAILABLE);
    expect(handled).toBe(0);
    expect(accepted.every(({ destroyed }) => !destroyed)).toBe(true);
  });

  it("are accepted as soon as others are gone", async () => {
    const port = await start(bounds);
    for (let round = 0; round < 5; round += 1) {
      const accepted = [await open(port), await open(port), await open(port)];
      for (const client of accepted) {
        client.write(requestText("GET /fine HTTP/1.1"));
        expect(await answerOn(client)).toMatchObject(LIVE);
        client.destroy();
      }
      const left = () => new Promise<number>((resolve) => server.server.getConnections((_e, n) => resolve(n)));
      await expect.poll(left).toBe(0);
    }
  });
});

describe("connections that nobody asked for any more", () => {
  it("are closed without a word beyond 256 refused ones that still wait for their client", async () => {
    const port = await start({ maxConnections: 1 });
    await open(port);
    // These never close: their client's half stays open.
    const refused = await Promise.all(Array.from({ length: 256 }, () => open(port)));
    for (const client of refused) client.pause();
    const dropped = await open(port);
    let received = "";
    dropped.on("data", (data) => {
      received += data.toString();
    });
    await once(dropped, "close");
    expect(received).toBe("");
  });
});

describe("an address", () => {
  /** How many of the connections, one from each address, were refused where each address may have one. */
  function refusedOf(addresses: readonly (string | undefined)[]): number {
    const bounded = createServer();
    let refused = 0;
    boundConnections(bounded, { maxConnections: 1_000, maxConnectionsPerAddress: 1 }, () => {
      refused += 1;
    });
    for (const remoteAddress of addresses) {
      bounded.emit("connection", Object.defineProperty(new Socket(), "remoteAddress", { value: remoteAddress }));
    }
    return refused;
  }

  it.each([
    ["an IPv4 address", ["203.0.113.7", "203.0.113.7"]],
    ["an IPv4 address, also written as IPv6", ["203.0.113.7", "::ffff:203.0.113.7"]],
    ["an IPv6 /64", ["2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"]],
    ["an IPv6 address on an interface", ["fe80::1%eth0", "fe80::1%eth0"]],
  ])("is %s", (_what, addresses) => {
    expect(refusedOf(addresses)).toBe(1);
  });

  it("is another one elsewhere", () => {
    expect(refusedOf(["203.0.113.7", "203.0.113.8", "2001:db8:1:2::1", "2001:db8:1:3::1", "::1"])).toBe(0);
  });

  it("that is gone already does not count", () => {
    expect(refusedOf([undefined, undefined])).toBe(0);
  });
});
