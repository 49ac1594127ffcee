import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { freePort } from "./free-port.ts";
import { listenerPid, listens } from "./listener.ts";

// Real: TCP sockets of this machine, /proc. Nothing is doubled.

describe("listens", () => {
  it("is true while something accepts connections, false before and after", async () => {
    const port = await freePort();
    expect(await listens(port)).toBe(false);
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    expect(await listens(port)).toBe(true);
    server.close();
    await once(server, "close");
    expect(await listens(port)).toBe(false);
  });
});

describe.runIf(process.platform === "linux")("listenerPid", () => {
  it("is the process that holds the listening socket", async () => {
    const port = await freePort();
    expect(await listenerPid(port)).toBeUndefined();
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    expect(await listenerPid(port)).toBe(process.pid);
    server.close();
  });
});
