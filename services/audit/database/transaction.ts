import type { Pool, PoolClient } from "pg";

/** Each statement sees what was committed before it began, whatever the server's default is. */
const READ_COMMITTED = "BEGIN ISOLATION LEVEL READ COMMITTED";
/** All statements see one state of the database. */
const ONE_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/** Runs `work` in one transaction. Whatever fails closes the connection, and the server rolls back. */
export function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return run(pool, READ_COMMITTED, work);
}

/** Runs `read` in one transaction that can write nothing. */
export function inSnapshot<T>(pool: Pool, read: (client: PoolClient) => Promise<T>): Promise<T> {
  return run(pool, ONE_SNAPSHOT, read);
}

async function run<T>(pool: Pool, begin: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query("COMMIT");
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
