import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { GhostBytes } from "@flowstate/ghost";
import { startErp } from "@flowstate/local/doubles/erp.ts";
import { describe, expect, it } from "vitest";
import { erpEndpoint } from "./erp-endpoint.ts";
import { sendWebhook } from "./send-webhook.ts";

// Real: HTTP over loopback. Doubled: the ERP. What each fault means for the document is in push-extraction.test.ts.

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
