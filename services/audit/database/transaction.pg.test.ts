// Real: PostgreSQL and the pool. Doubled: nothing.
import { testDatabase } from "@flowstate/local/testing/test-database.ts";
import type { Pool, PoolClient } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testPool } from "../testing/audit-database.ts";
import { inPipelinedTransaction, inSnapshot, inTransaction } from "./transaction.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: Pool;
let other: Pool;
beforeEach(async () => {
  database = await testDatabase();
  pool = testPool(database.url, 1);
  other = testPool(database.url, 1);
  await pool.query("CREATE TABLE kept (n int)");
});
afterEach(async () => {
  await pool.end();
  await other.end();
  await database[Symbol.asyncDispose]();
});

const rows = async (statement: string): Promise<unknown[]> => (await pool.query(statement)).rows;
const pidOf = async (client: Pool | PoolClient): Promise<unknown> =>
  (await client.query("SELECT pg_backend_pid() AS pid")).rows[0].pid;

/** What has no JSON. */
function endless(): object {
  const object: Record<string, unknown> = {};
  object["itself"] = object;
  return object;
}

/** Ends a connection from the server's side, and waits until it is gone. */
async function terminate(pid: unknown): Promise<void> {
  await other.query("SELECT pg_terminate_backend($1)", [pid]);
  await gone(pid);
}

/** Waits until a connection is gone, and with it whatever was sent through it has been carried out. */
async function gone(pid: unknown): Promise<void> {
  const alive = async () => (await other.query("SELECT FROM pg_stat_activity WHERE pid = $1", [pid])).rowCount;
  await expect.poll(alive).toBe(0);
}

describe("a transaction", () => {
  it("keeps what was done when its work resolves", async () => {
    const answer = await inTransaction(pool, async (client) => {
      await client.query("INSERT INTO kept VALUES (1)");
      return "done";
    });
    expect(answer).toBe("done");
    expect(await rows("SELECT n FROM kept")).toEqual([{ n: 1 }]);
  });

  it("keeps nothing when its work rejects, and gives the connection's place back", async () => {
    const work = inTransaction(pool, async (client) => {
      await client.query("INSERT INTO kept VALUES (1)");
      throw new RangeError("changed its mind");
    });
    await expect(work).rejects.toBeInstanceOf(RangeError);
    expect(await rows("SELECT n FROM kept")).toEqual([]);
  });

  it("keeps nothing when its connection is lost between two statements", async () => {
    const work = inTransaction(pool, async (client) => {
      await client.query("INSERT INTO kept VALUES (1)");
      await terminate(await pidOf(client));
      await client.query("INSERT INTO kept VALUES (2)");
    });
    await expect(work).rejects.toThrow();
    expect(await rows("SELECT n FROM kept")).toEqual([]);
  });
});

describe("a pipelined transaction", () => {
  it("keeps what its unanswered statements do, in the order in which they were sent", async () => {
    const answer = await inPipelinedTransaction(pool, async (client) => ({
      result: "sent",
      unanswered: [client.query("INSERT INTO kept VALUES (1)"), client.query("UPDATE kept SET n = n + 1")],
    }));
    expect(answer).toBe("sent");
    expect(await rows("SELECT n FROM kept")).toEqual([{ n: 2 }]);
  });

  it("keeps nothing when one of them fails, though COMMIT was sent, and rejects with what failed first", async () => {
    const work = inPipelinedTransaction(pool, async (client) => ({
      result: "sent",
      unanswered: [
        client.query("INSERT INTO kept VALUES (1)"),
        client.query("SELECT 1 / 0"),
        client.query("INSERT INTO kept VALUES (2)"),
      ],
    }));
    await expect(work).rejects.toMatchObject({ code: "22012" });
    expect(await rows("SELECT n FROM kept")).toEqual([]);
  });

  // How a statement fails before PostgreSQL hears of it.
  const unsent: readonly (readonly [how: string, send: (client: PoolClient) => Promise<unknown>])[] = [
    ["its parameters cannot be made", () => Promise.reject(new TypeError("not a UUID"))],
    ["the driver cannot write a parameter", (client) => client.query("INSERT INTO kept VALUES ($1)", [endless()])],
    ["the driver has another statement of that name", (client) => client.query({ name: "named", text: "SELECT 2" })],
  ];
  it.each(unsent)("keeps nothing, and sends no COMMIT, when %s", async (_how, send) => {
    let pid: unknown;
    const work = inPipelinedTransaction(pool, async (client) => {
      pid = await pidOf(client);
      await client.query({ name: "named", text: "SELECT 1" });
      return {
        result: "sent",
        unanswered: [
          client.query("INSERT INTO kept VALUES (1)"),
          send(client),
          client.query("INSERT INTO kept VALUES (2)"),
        ],
      };
    });
    await expect(work).rejects.toThrow();
    await gone(pid);
    expect(await rows("SELECT n FROM kept")).toEqual([]);
  });

  it("rejects when PostgreSQL has rolled back, though its work has caught why", async () => {
    const work = inPipelinedTransaction(pool, async (client) => ({
      result: "sent",
      unanswered: [client.query("INSERT INTO kept VALUES (1)"), client.query("SELECT 1 / 0").catch(() => undefined)],
    }));
    await expect(work).rejects.toThrow("rolled back");
    expect(await rows("SELECT n FROM kept")).toEqual([]);
  });

  it("keeps nothing when its connection is lost before they are answered", async () => {
    const work = inPipelinedTransaction(pool, async (client) => {
      const pid = await pidOf(client);
      const unanswered = [client.query("INSERT INTO kept VALUES (1)"), client.query("SELECT pg_sleep(30)")];
      void terminate(pid);
      return { result: "sent", unanswered };
    });
    await expect(work).rejects.toThrow();
    expect(await rows("SELECT n FROM kept")).toEqual([]);
  });
});

describe("a snapshot", () => {
  it("sees one state of the database, whatever is committed meanwhile", async () => {
    const seen = await inSnapshot(pool, async (client) => {
      const before = await client.query("SELECT n FROM kept");
      await other.query("INSERT INTO kept VALUES (1)");
      const after = await client.query("SELECT n FROM kept");
      return [before.rowCount, after.rowCount];
    });
    expect(seen).toEqual([0, 0]);
  });

  it("can write nothing", async () => {
    const writing = inSnapshot(pool, (client) => client.query("INSERT INTO kept VALUES (1)"));
    await expect(writing).rejects.toMatchObject({ code: "25006" });
  });
});
