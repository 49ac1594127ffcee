import { type DatabaseUrls, startPostgres } from "@flowstate/local/servers/postgres.ts";
import type { Pool } from "pg";
import { migrate, readMigrations } from "../../../services/audit/database/migrate.ts";
import { MIGRATIONS_FOLDER, silentLogger, testPool } from "../../../services/audit/testing/audit-database.ts";
import { CANARY_PATTERN } from "../checks/canary.ts";
import type { Fault } from "../target.ts";

/** Audit's schema in a real database: the one given, or that of a PostgreSQL started for it. */
export interface FuzzedDatabase extends AsyncDisposable {
  /** Connects as the owner of the tables. */
  readonly pool: Pool;
  /** Connects as the API's role. */
  readonly apiPool: Pool;
}

export async function openDatabase(given: DatabaseUrls | undefined): Promise<FuzzedDatabase> {
  await using opening = new AsyncDisposableStack();
  const database = given ?? (await opening.use(await startPostgres()).createDatabase("fuzz"));
  await migrate(database.url, await readMigrations(MIGRATIONS_FOLDER), silentLogger);
  const [pool, apiPool] = [testPool(database.url, 8), testPool(database.apiUrl, 8)];
  opening.defer(async () => void (await Promise.all([pool.end(), apiPool.end()])));
  const parts = opening.move();
  return { pool, apiPool, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

/** Looks for what was sent in every row of every table. */
export async function checkRows(pool: Pool): Promise<Fault | undefined> {
  const { rows: tables } = await pool.query<{ table: string }>(
    "SELECT quote_ident(tablename) AS table FROM pg_tables WHERE schemaname = 'public'",
  );
  if (tables.length === 0) throw new Error("the database has no tables to look at");
  for (const { table } of tables) {
    const { rowCount } = await pool.query(`SELECT FROM ${table} WHERE ${table}::text ~* $1 LIMIT 1`, [CANARY_PATTERN]);
    if (rowCount !== 0) return { kind: "echo", what: `a row of ${table} holds what was sent` };
  }
  return undefined;
}
