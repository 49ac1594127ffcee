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
 * The same for work that sends its last statements one behind the other, before it resolves: COMMIT follows them without
 * their answers. After a statement that failed there PostgreSQL carries out none of the transaction, COMMIT included; for one
 * that failed here, and that PostgreSQL knows nothing of, COMMIT is not sent. So nothing is committed in part.
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
    const answers = Promise.all(unanswered);
    await Promise.race([answers, failuresHere()]);
    const [, { command }] = await Promise.all([answers, client.query("COMMIT")]);
    // PostgreSQL's answer to the COMMIT of a transaction in which a statement has failed, whoever may have caught that.
    if (command !== "COMMIT") throw new Error("the transaction was rolled back");
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/**
 * Resolves when whatever has failed on this side has been rejected. The driver reports some of it in the next tick, and a
 * rejection passes through promises before the tick after. Both come before anything is read from a socket: it costs no time.
 */
async function failuresHere(): Promise<void> {
  await nextTick();
  await nextTick();
}

function nextTick(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
