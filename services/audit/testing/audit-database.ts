import { join } from "node:path";
import { testDatabase } from "@flowstate/local/testing/test-database.ts";
import { createLogger } from "@flowstate/runtime";
import type { Pool } from "pg";
import { migrate, readMigrations } from "../database/migrate.ts";
import { openPool } from "../database/open-pool.ts";

export const MIGRATIONS_FOLDER = join(import.meta.dirname, "..", "migrations");

export const silentLogger = createLogger("test", "error", { write: () => {} });

export interface AuditDatabase extends AsyncDisposable {
  readonly url: string;
  readonly pool: Pool;
}

/** A real database of its own with audit's schema. */
export async function auditDatabase(): Promise<AuditDatabase> {
  const database = await testDatabase();
  await migrate(database.url, await readMigrations(MIGRATIONS_FOLDER), silentLogger);
  const pool = testPool(database.url);
  return {
    url: database.url,
    pool,
    async [Symbol.asyncDispose]() {
      await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

export function testPool(url: string, maxConnections = 4): Pool {
  return openPool({ url, purpose: "test", maxConnections, statementTimeoutMs: 10_000, logger: silentLogger });
}

/** Nothing listens here: connecting fails at once. */
export const UNREACHABLE_DATABASE = "postgres://nobody:nothing@127.0.0.1:1/none";
