import { join } from "node:path";
import { type TestDatabase, testDatabase } from "@flowstate/local/testing/test-database.ts";
import { createLogger } from "@flowstate/runtime";
import type { Pool } from "pg";
import { RecordChain } from "../chain/record-chain.ts";
import { migrate, readMigrations } from "../database/migrate.ts";
import { openPool } from "../database/open-pool.ts";
import type { Recording } from "../recording/record-batch.ts";
import { KEY, KEYS } from "./sample-record.ts";

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
      // Not waited for: they end when every connection is given back, and a test that failed has kept one. The database's
      // end ends them all.
      void Promise.all([pool.end(), apiPool.end()]);
      await database[Symbol.asyncDispose]();
    },
  };
}

export function testPool(url: string, maxConnections = 4): Pool {
  return openPool({ url, purpose: "test", maxConnections, statementTimeoutMs: 10_000, logger: silentLogger });
}

/** An instance of audit that records into the database, at a moment of its clock or now. */
export function recordingInto(pool: Pool, at?: string): Recording {
  return {
    pool,
    logger: silentLogger,
    chain: new RecordChain(KEY, KEYS),
    ...(at !== undefined && { now: () => new Date(at) }),
  };
}

/** Nothing listens here: connecting fails at once. */
export const UNREACHABLE_DATABASE = "postgres://nobody:nothing@127.0.0.1:1/none";
