import type { Pool, PoolClient } from "pg";

/** Each statement sees what was committed before it began, whatever the server's default is. */
const READ_COMMITTED = "BEGIN ISOLATION LEVEL READ COMMITTED";
/** All statements see one state of the database. */
const ONE_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/** What a transaction came to, with the answers that its work has not waited for. */
export interface Pipelined<T> {
  readonly result: T;
  readonly unanswered: readonly Promise<unknown>[];
}

/** Runs `work` in one transaction. Whatever fails closes the connection, and the server rolls back. */
export function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return run(pool, READ_COMMITTED, async (client) => ({ result: await work(client), unanswered: [] }));
}

/**
 * The same for work that sends its last statements one behind the other: COMMIT follows them at once. After a statement that
 * failed PostgreSQL carries out none of the transaction, COMMIT included, so that nothing is committed in part.
 */
export function inPipelinedTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<Pipelined<T>>): Promise<T> {
  return run(pool, READ_COMMITTED, work);
}

/** Runs `read` in one transaction that can write nothing. */
export function inSnapshot<T>(pool: Pool, read: (client: PoolClient) => Promise<T>): Promise<T> {
  return run(pool, ONE_SNAPSHOT, async (client) => ({ result: await read(client), unanswered: [] }));
}

async function run<T>(pool: Pool, begin: string, work: (client: PoolClient) => Promise<Pipelined<T>>): Promise<T> {
  const client = await pool.connect();
  try {
    // Waited for: what is sent behind a BEGIN that fails is carried out without a transaction.
    await client.query(begin);
    const { result, unanswered } = await work(client);
    await Promise.all([...unanswered, client.query("COMMIT")]);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
