import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import type { DatabaseUrls } from "../servers/postgres.ts";

const NAME_BYTES = 8;

/** An empty database of the run's PostgreSQL, for one test or suite; disposing drops it, connections included. */
export interface TestDatabase extends DatabaseUrls, AsyncDisposable {}

/** Makes the database. Call from a test or a hook: the server's URL comes from the test run. */
export async function testDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(NAME_BYTES).toString("hex")}`;
  await asSuperuser(`CREATE DATABASE ${name} STRATEGY file_copy`);
  return {
    url: new URL(`/${name}`, inject("postgresUrl")).href,
    apiUrl: new URL(`/${name}`, inject("postgresApiUrl")).href,
    [Symbol.asyncDispose]: () => asSuperuser(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function asSuperuser(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
