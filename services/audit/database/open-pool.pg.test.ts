// Real: PostgreSQL and the pool. Doubled: nothing.
import { testDatabase } from "@flowstate/local/testing/test-database.ts";
import type { Pool, PoolClient } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger, testPool } from "../testing/audit-database.ts";
import { openPool } from "./open-pool.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: Pool;
let other: Pool;
beforeEach(async () => {
  database = await testDatabase();
  pool = testPool(database.url, 1);
  other = testPool(database.url, 1);
});
afterEach(async () => {
  await pool.end();
  await other.end();
  await database[Symbol.asyncDispose]();
});

const rows = async (statement: string): Promise<unknown[]> => (await pool.query(statement)).rows;
const pidOf = async (client: Pool | PoolClient): Promise<unknown> =>
  (await client.query("SELECT pg_backend_pid() AS pid")).rows[0].pid;

/** Ends a connection from the server's side, and waits until it is gone. */
async function terminate(pid: unknown): Promise<void> {
  await other.query("SELECT pg_terminate_backend($1)", [pid]);
  const alive = async () => (await other.query("SELECT FROM pg_stat_activity WHERE pid = $1", [pid])).rowCount;
  await expect.poll(alive).toBe(0);
}

describe("every connection", () => {
  it("hands out days as they are written, wherever this machine stands", async () => {
    expect(await rows("SELECT DATE '2026-11-23' AS day")).toEqual([{ day: "2026-11-23" }]);
  });

  it("keeps parameters out of the server's log and bounds what a statement may take", async () => {
    expect(await rows("SHOW log_parameter_max_length_on_error")).toEqual([{ log_parameter_max_length_on_error: "0" }]);
    expect(await rows("SHOW statement_timeout")).toEqual([{ statement_timeout: "10s" }]);
    expect(await rows("SHOW idle_in_transaction_session_timeout")).toEqual([
      { idle_in_transaction_session_timeout: "30s" },
    ]);
  });

  it("can write, unless its pool is for reading only", async () => {
    expect(await rows("SHOW default_transaction_read_only")).toEqual([{ default_transaction_read_only: "off" }]);
    const settings = { purpose: "test", maxConnections: 1, statementTimeoutMs: 10_000, logger: silentLogger };
    const reading = openPool({ ...settings, url: database.url, readOnly: true });
    await expect(reading.query("CREATE TABLE written (n int)")).rejects.toMatchObject({ code: "25006" });
    await reading.end();
  });

  it("can be lost while idle: the next call makes a new one", async () => {
    const pid = await pidOf(pool);
    await terminate(pid);
    await expect.poll(() => pool.totalCount).toBe(0);
    expect(await pidOf(pool)).not.toBe(pid);
  });
});
