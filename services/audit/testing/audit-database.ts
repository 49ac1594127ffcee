import { join } from "node:path";
import { type TestDatabase, testDatabase } from "@flowstate/local/testing/test-database.ts";
import { createLogger } from "@flowstate/runtime";
import type { Pool } from "pg";
import { migrate, readMigrations } from "../database/migrate.ts";
import { openPool } from "../database/open-pool.ts";

export const MIGRATIONS_FOLDER = join(import.meta.dirname, "..", "migrations");

export const silentLogger = createLogger("test", "error", { write: () => {} });

export interface AuditDatabase extends TestDatabase {
  /** Connects as the owner of the tables. */
  readonly pool: Pool;
  /** Connects as the API's role, which sees one tenant at a time. */
  readonly apiPool: Pool;
}

/** A real database of its own with audit's schema. */
export async function auditDatabase(): Promise<AuditDatabase> {
  const database = await testDatabase();
  await migrate(database.url, await readMigrations(MIGRATIONS_FOLDER), silentLogger);
  const pool = testPool(database.url);
  const apiPool = testPool(database.apiUrl);
  return {
    url: database.url,
    apiUrl: database.apiUrl,
    pool,
    apiPool,
    async [Symbol.asyncDispose]() {
      await Promise.all([pool.end(), apiPool.end()]);
      await database[Symbol.asyncDispose]();
    },
  };
}

export function testPool(url: string, maxConnections = 4): Pool {
  return openPool({ url, purpose: "test", maxConnections, statementTimeoutMs: 10_000, logger: silentLogger });
}

/** Nothing listens here: connecting fails at once. */
export const UNREACHABLE_DATABASE = "postgres://nobody:nothing@127.0.0.1:1/none";
