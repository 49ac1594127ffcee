import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import { holders } from "../../certificates/holders.ts";
import { issueCertificates } from "../../certificates/issue-certificates.ts";
import { readCompose } from "../../docker/testing/compose.ts";
import { postgresOfCompose } from "../../docker/testing/compose-on-loopback.ts";
import { testDatabase } from "../testing/test-database.ts";
import { type PostgresServer, startPostgres } from "./postgres.ts";
import { removeNow, temporaryFolder } from "./reaper.ts";

// Real: PostgreSQL. Nothing is doubled.

async function query(url: string, text: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

function passwordless(server: PostgresServer): string {
  const url = new URL(server.url);
  url.password = "wrong";
  return url.href;
}

describe("startPostgres", () => {
  it("is PostgreSQL 18 and asks for its password", async () => {
    await using server = await startPostgres();
    expect(await query(server.url, "SHOW server_version")).toEqual([
      { server_version: expect.stringMatching(/^18\./) },
    ]);
    await expect(query(passwordless(server), "SELECT 1")).rejects.toThrow(/password authentication failed/);
  });

  it("takes connections over TLS only when compose's arguments start it, and is who its certificate says", async () => {
    const folder = temporaryFolder(join(tmpdir(), "flowstate-certs-"));
    onTestFinished(() => removeNow(folder));
    await issueCertificates({ folder, holders: holders(), renewal: "due", now: new Date() });
    const deployment = postgresOfCompose(readCompose(), { certificates: folder, secrets: folder });
    await using server = await startPostgres({ deployment });
    const encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    expect(await query(server.url, encrypted)).toEqual([{ ssl: true }]);
    const plain = new URL(server.url);
    plain.search = "";
    await expect(query(plain.href, "SELECT 1")).rejects.toThrow(/no pg_hba\.conf entry .* no encryption/);
    const untrusting = new URL(server.url);
    untrusting.searchParams.delete("sslrootcert");
    await expect(query(untrusting.href, "SELECT 1")).rejects.toThrow(/certificate/);
  });

  it("has what was committed after a crash, at the same address", async () => {
    await using server = await startPostgres();
    const { url } = await server.createDatabase("kept");
    await query(url, "CREATE TABLE facts AS SELECT 7 AS n");
    await server.kill();
    await server.restart();
    expect(await query(url, "SELECT n FROM facts")).toEqual([{ n: 7 }]);
  });

  it("logs neither a refused row nor the statement around it", async () => {
    await using server = await startPostgres();
    const { url } = await server.createDatabase("quiet");
    await query(url, "CREATE TABLE closed (value text CHECK (value = 'nothing'))");
    await expect(query(url, "INSERT INTO closed VALUES ('canary-in-a-row')")).rejects.toThrow(/check constraint/);
    await expect(query(url, "SELECT 'canary-in-a-cast'::int")).rejects.toThrow(/invalid input syntax/);
    await server.stop();
    const log = await readFile(server.logPath, "utf8");
    expect(log).toContain("shut down");
    expect(log).not.toContain("canary");
  });

  it("leaves no process and no folder when disposed, not even after a crash", async () => {
    const server = await startPostgres();
    await server.kill();
    await server[Symbol.asyncDispose]();
    expect(() => process.kill(server.pid, 0)).toThrow(/ESRCH/);
    expect(existsSync(server.dataDir)).toBe(false);
    expect(existsSync(server.logPath)).toBe(false);
  });
});

describe("testDatabase", () => {
  it("is empty, and is gone when disposed", async () => {
    const database = await testDatabase();
    expect(await query(database.url, "SELECT count(*)::int AS n FROM pg_stat_user_tables")).toEqual([{ n: 0 }]);
    await database[Symbol.asyncDispose]();
    await expect(query(database.url, "SELECT 1")).rejects.toThrow(/does not exist/);
  });
});
