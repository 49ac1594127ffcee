// Real: PostgreSQL, and audit's own migrations. Doubled: in some tests the migrations, written here.
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testDatabase } from "@flowstate/local/testing/test-database.ts";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MIGRATIONS_FOLDER, silentLogger, UNREACHABLE_DATABASE } from "../testing/audit-database.ts";
import { classifyDatabaseError } from "./database-error.ts";
import { type Migration, MigrationError, migrate, readMigrations } from "./migrate.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const run = (migrations: readonly Migration[]) => migrate(database.url, migrations, silentLogger);
const migration = (name: string, sql: string): Migration => ({
  name,
  sql,
  sha256: createHash("sha256").update(sql).digest("hex"),
});
const one = migration("0001-one", "CREATE TABLE one (n int); INSERT INTO one VALUES (1)");
const two = migration("0002-two", "CREATE TABLE two (n int)");

async function query(sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
const codeOf = (error: unknown) => (error instanceof MigrationError ? error.code : undefined);

describe("migrations", () => {
  it("are applied in order, once each", async () => {
    await run([one]);
    await run([one, two]);
    await run([one, two]);
    expect(await query("SELECT name FROM schema_migrations ORDER BY name")).toEqual([
      { name: "0001-one" },
      { name: "0002-two" },
    ]);
    expect(await query("SELECT n FROM one")).toEqual([{ n: 1 }]);
  });

  it("are applied once when several instances start together", async () => {
    const own = await readMigrations(MIGRATIONS_FOLDER);
    const slow = migration("9999-slow", "SELECT pg_sleep(0.2); CREATE TABLE slow (n int)");
    await Promise.all([run([...own, slow]), run([...own, slow]), run([...own, slow])]);
    expect(await query("SELECT count(*)::int AS n FROM schema_migrations")).toEqual([{ n: own.length + 1 }]);
  });

  it("refuse to go on when one that was applied has been edited", async () => {
    await run([one]);
    const edited = migration(one.name, `${one.sql} -- harmless`);
    const error = await run([edited, two]).catch((thrown: unknown) => thrown);
    expect(codeOf(error)).toBe("migration_edited");
    expect(await query("SELECT to_regclass('two') AS two")).toEqual([{ two: null }]);
  });

  it("refuse one that comes before what was applied", async () => {
    await run([two]);
    const error = await run([one, two]).catch((thrown: unknown) => thrown);
    expect(codeOf(error)).toBe("migration_out_of_order");
  });

  it("leave alone what a newer version has added", async () => {
    await run([one, two]);
    await expect(run([one])).resolves.toBeUndefined();
  });

  it("leave no trace of one that fails, and are applied when it is mended", async () => {
    const broken = migration("0002-two", "CREATE TABLE two (n int); SELECT 1 / 0");
    await expect(run([one, broken])).rejects.toThrow();
    expect(await query("SELECT to_regclass('two') AS two")).toEqual([{ two: null }]);
    await run([one, two]);
    expect(await query("SELECT to_regclass('two')::text AS two")).toEqual([{ two: "two" }]);
  });

  it("reject as temporary while the database is away", async () => {
    const error = await migrate(UNREACHABLE_DATABASE, [one], silentLogger).catch((thrown: unknown) => thrown);
    expect(classifyDatabaseError(error)).toBe("temporary");
  });

  it("are read from their folder in order, other files left aside", async () => {
    const folder = await mkdtemp(join(tmpdir(), "flowstate-migrations-"));
    try {
      for (const name of ["0010-b.sql", "0002-a.sql", "README.md", "draft.sql"])
        await writeFile(join(folder, name), name);
      const migrations = await readMigrations(folder);
      expect(migrations.map(({ name, sql }) => [name, sql])).toEqual([
        ["0002-a", "0002-a.sql"],
        ["0010-b", "0010-b.sql"],
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
