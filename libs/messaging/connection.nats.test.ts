// Real: nats-server; in the second suite one that somebody has configured against the design. Doubled: nothing.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { createLogger } from "@flowstate/runtime";
import { connect } from "nats";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import { renderSingleBroker } from "./broker-configuration.ts";
import { connectDocuments } from "./connection.ts";
import { IDENTITY_NAMES, type Identity } from "./identities.ts";

const logger = createLogger("test", "error", { write: () => {} });
const DOCUMENT_IDENTITIES = ["ingest-documents", "extractor", "erp-pusher"] as const;

describe("a documents connection", () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each(DOCUMENT_IDENTITIES)("is made for %s where JetStream cannot be reached", async (identity) => {
    const connection = await connectDocuments({
      url: server.url,
      identity,
      password: server.passwords[identity],
      logger,
    });
    expect(connection.connected).toBe(true);
    await connection[Symbol.asyncDispose]();
  });

  it("is refused for an identity to which JetStream's API answers", async () => {
    const admin = { url: server.url, identity: "admin", password: server.passwords.admin, logger } as const;
    await expect(connectDocuments(admin)).rejects.toThrow("refusing to pass content there");
  });
});

describe("a documents connection on a broker with JetStream in the documents account", () => {
  const password = "the-same-for-all-in-this-test";
  let url: string;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    const folder = temporaryFolder(join(tmpdir(), "flowstate-broker-"));
    const passwords = z
      .record(z.enum(IDENTITY_NAMES as [Identity, ...Identity[]]), z.string())
      .parse(Object.fromEntries(IDENTITY_NAMES.map((name) => [name, password])));
    const config = renderSingleBroker({ port: -1, storeDir: folder, passwords, syncAlways: false })
      .replace("jetstream: disabled", "jetstream: enabled")
      .replace("users: [", `users: [\n      { user: "intruder", password: "${password}" }`);
    await writeFile(join(folder, "broker.conf"), config, { mode: 0o600 });
    const child = spawn(
      process.env["FLOWSTATE_NATS_SERVER"] ?? "nats-server",
      ["--config", join(folder, "broker.conf"), "--ports_file_dir", folder],
      { stdio: "ignore" },
    );
    const exited = once(child, "exit");
    stop = async () => {
      child.kill();
      await exited;
      await removeNow(folder);
    };
    const portsFile = join(folder, `nats-server_${child.pid}.ports`);
    const ports = async () => readFile(portsFile, "utf8").catch(() => "");
    await vi.waitUntil(async () => (await ports()) !== "", { timeout: 10_000 });
    url = z.object({ nats: z.array(z.string()).min(1) }).parse(JSON.parse(await ports())).nats[0] ?? "";
  });
  afterAll(() => stop());

  it.each(DOCUMENT_IDENTITIES)("is made for %s as long as no stream covers transfers", async (identity) => {
    const connection = await connectDocuments({ url, identity, password, logger });
    await connection[Symbol.asyncDispose]();
  });

  it.each(DOCUMENT_IDENTITIES)("is refused for %s when a stream covers transfers", async (identity) => {
    const intruder = await connect({ servers: url, user: "intruder", pass: password });
    const manager = await intruder.jetstreamManager();
    await manager.streams.add({ name: "GRABBER", subjects: ["flowstate.documents.>"] });
    onTestFinished(async () => {
      await manager.streams.delete("GRABBER");
      await intruder.close();
    });
    await expect(connectDocuments({ url, identity, password, logger })).rejects.toThrow(
      "refusing to pass content there",
    );
  });

  it.each(["extractor", "erp-pusher"] as const)(
    "is refused for %s when a stream covers the answers",
    async (identity) => {
      const intruder = await connect({ servers: url, user: "intruder", pass: password });
      const manager = await intruder.jetstreamManager();
      await manager.streams.add({ name: "GRABBER", subjects: ["_INBOX_ingest_documents.>"] });
      onTestFinished(async () => {
        await manager.streams.delete("GRABBER");
        await intruder.close();
      });
      await expect(connectDocuments({ url, identity, password, logger })).rejects.toThrow(
        "refusing to pass content there",
      );
    },
  );

  it.each(DOCUMENT_IDENTITIES)("is closed for %s when a stream covers transfers later", async (identity) => {
    const connection = await connectDocuments({ url, identity, password, logger, watchIntervalMs: 20 });
    const intruder = await connect({ servers: url, user: "intruder", pass: password });
    const manager = await intruder.jetstreamManager();
    await manager.streams.add({ name: "GRABBER", subjects: ["flowstate.documents.>"] });
    onTestFinished(async () => {
      await manager.streams.delete("GRABBER");
      await intruder.close();
      await connection[Symbol.asyncDispose]();
    });
    await expect.poll(() => connection.connected, { timeout: 20_000 }).toBe(false);
  });
});
