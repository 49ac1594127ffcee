import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Local, readLocal, writeLocal } from "./local-file.ts";

// Real: the file system. Nothing is doubled.

const LOCAL: Local = {
  version: 1,
  apiKey: "key",
  auditSigningKey: "private key",
  adminKey: "admin-key",
  tenant: { id: "demo", address: "documents@demo.example" },
  services: {
    ingest: { url: "http://127.0.0.1:1", pid: 1 },
    extractor: { pid: 2 },
    "erp-pusher": { pid: 3 },
    audit: { url: "http://127.0.0.1:4", pid: 4 },
  },
  nats: { url: "nats://127.0.0.1:5", pid: 5, storeDir: "/store", adminPassword: "secret" },
  postgres: {
    url: "postgres://flowstate:secret@127.0.0.1:6/flowstate",
    apiUrl: "postgres://flowstate_audit_api:secret@127.0.0.1:6/flowstate",
    pid: 6,
    dataDir: "/data",
  },
  erp: { url: "http://127.0.0.1:7", pid: 7, secret: "whsec_" },
  logs: "/logs",
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flowstate-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("local.json", () => {
  it("is read as it was written, and again after it was replaced", async () => {
    const path = join(folder, "local.json");
    await writeLocal(LOCAL, path);
    expect(await readLocal(path)).toEqual(LOCAL);
    const changed = { ...LOCAL, services: { ...LOCAL.services, extractor: { pid: 22 } } };
    await writeLocal(changed, path);
    expect(await readLocal(path)).toEqual(changed);
  });

  it("is readable by its owner only, and nothing is left beside it", async () => {
    const path = join(folder, "local.json");
    await writeLocal(LOCAL, path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["local.json"]);
  });

  it("is undefined while no stack runs", async () => {
    expect(await readLocal(join(folder, "absent.json"))).toBeUndefined();
  });
});
