import { existsSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { provisionEvents } from "@flowstate/messaging";
import { connect, type NatsConnection } from "nats";
import { describe, expect, it } from "vitest";
import { type NatsServer, startNatsServer } from "./nats-server.ts";

// Real: nats-server. Nothing is doubled.

const BUCKET_STREAM = "KV_flowstate_ledger";

function connectAdmin({ url, passwords }: NatsServer): Promise<NatsConnection> {
  return connect({ servers: url, user: "admin", pass: passwords.admin, inboxPrefix: "_INBOX_admin" });
}

async function streamNames(server: NatsServer): Promise<string[]> {
  const nats = await connectAdmin(server);
  try {
    return await (await nats.jetstreamManager()).streams.names().next();
  } finally {
    await nats.close();
  }
}

describe("startNatsServer", () => {
  it("accepts an identity with its password, refuses a wrong one", async () => {
    await using server = await startNatsServer();
    await (await connectAdmin(server)).close();
    const wrong = connect({ servers: server.url, user: "admin", pass: "wrong", reconnect: false });
    await expect(wrong).rejects.toThrow(/Authorization/i);
  });

  it("listens on this machine only", async () => {
    await using server = await startNatsServer();
    expect(server.url).toMatch(/^nats:\/\/127\.0\.0\.1:\d+$/);
  });

  it("keeps its passwords from other users", async () => {
    await using server = await startNatsServer();
    expect(statSync(join(dirname(server.storeDir), "nats-server.conf")).mode & 0o077).toBe(0);
  });

  it("has its streams after a stop and after a crash, at the same address", async () => {
    await using server = await startNatsServer();
    await provisionEvents({ url: server.url, password: server.passwords.admin });
    const { url, pid } = server;
    await server.restart();
    expect(await streamNames(server)).toContain(BUCKET_STREAM);
    await server.kill();
    await server.restart();
    expect(await streamNames(server)).toContain(BUCKET_STREAM);
    expect(server.url).toBe(url);
    expect(server.pid).not.toBe(pid);
  });

  it("leaves no process and no folder when disposed", async () => {
    const server = await startNatsServer();
    await server[Symbol.asyncDispose]();
    expect(() => process.kill(server.pid, 0)).toThrow(/ESRCH/);
    expect(existsSync(dirname(server.storeDir))).toBe(false);
  });

  it("keeps a folder that it was given", async () => {
    const directory = await mkdtemp(join(tmpdir(), "flowstate-test-"));
    const server = await startNatsServer({ directory });
    await server[Symbol.asyncDispose]();
    expect(existsSync(join(directory, "nats-server.log"))).toBe(true);
    await rm(directory, { recursive: true });
  });

  it("says why it cannot start", async () => {
    await using server = await startNatsServer();
    const port = Number(new URL(server.url).port);
    await expect(startNatsServer({ port })).rejects.toThrow(/address already in use/);
  });
});
