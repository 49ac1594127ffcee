import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "@flowstate/runtime";
import { Client } from "pg";
import { z } from "zod";
import { MIGRATION_LOCK } from "./advisory-locks.ts";

/** The schema's history is plain SQL in `migrations/`, applied in the order of the names, once each, by whoever is first. */
export interface Migration {
  /** `0001-what-it-does`: the file's name without its ending. */
  readonly name: string;
  readonly sql: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** The migrations and the database's history contradict each other; somebody must decide, so the service stops. */
export class MigrationError extends Error {
  readonly code: "migration_edited" | "migration_out_of_order" | "not_the_owner";

  constructor(code: MigrationError["code"], subject: string) {
    super(`${code}: ${subject}`);
    this.name = "MigrationError";
    this.code = code;
  }
}

const FILE_NAME = /^(\d{4}-[a-z0-9-]+)\.sql$/;
const CONNECT_TIMEOUT_MS = 5_000;
/** For the queue and for each lock a migration needs; a table in use must not make everybody else wait behind us. */
const LOCK_TIMEOUT_MS = 10_000;

/** The migrations in `folder`, in order. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).flatMap((file) => FILE_NAME.exec(file)?.[1] ?? []);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, `${name}.sql`), "utf8");
      return { name, sql, sha256: createHash("sha256").update(sql, "utf8").digest("hex") };
    }),
  );
}

/**
 * Brings the database's schema up to date. Any number of instances may do so at once. Throws `MigrationError`, or the
 * driver's error; a migration that fails leaves no trace.
 */
export async function migrate(url: string, migrations: readonly Migration[], logger: Logger): Promise<void> {
  const client = new Client({
    connectionString: url,
    application_name: "flowstate-audit-migrations",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  // A connection that is lost fails the statement under way; the event beside it must not end the process.
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query(
      `SET statement_timeout = 0; SET lock_timeout = ${LOCK_TIMEOUT_MS}; SET client_min_messages = warning`,
    );
    // Instances that start together queue here. The lock is the session's: it ends with the connection, whatever happens to this process.
    await client.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK}, 0)`);
    for (const migration of outstandingMigrations(migrations, await appliedMigrations(client))) {
      await apply(client, migration);
      logger.info("database.migrated", { migration: Number.parseInt(migration.name, 10) });
    }
    await refuseBlindOwner(client);
  } finally {
    await client.end();
  }
}

export const appliedSchema = z.array(z.object({ name: z.string(), sha256: z.string() }));
type Applied = z.output<typeof appliedSchema>;

async function appliedMigrations(client: Client): Promise<Applied> {
  await client.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
    name text PRIMARY KEY,
    sha256 text NOT NULL,
    applied_at timestamptz(3) NOT NULL DEFAULT now()
  )`);
  const { rows } = await client.query("SELECT name, sha256 FROM schema_migrations");
  return appliedSchema.parse(rows);
}

/**
 * What is still to be applied. History that this version does not know, later than its own, was made by a newer version
 * and is left alone: during an upgrade both run, and migrations only add. Throws `MigrationError`.
 */
export function outstandingMigrations(migrations: readonly Migration[], applied: Applied): Migration[] {
  const digests = new Map(applied.map(({ name, sha256 }) => [name, sha256]));
  const latest = [...digests.keys()].sort().at(-1) ?? "";
  return migrations.filter(({ name, sha256 }) => {
    const digest = digests.get(name);
    if (digest !== undefined && digest !== sha256) throw new MigrationError("migration_edited", name);
    if (digest === undefined && name < latest) throw new MigrationError("migration_out_of_order", name);
    return digest === undefined;
  });
}

/** Tables on which row-level security is forced, and has no policy for the role that is logged in. */
const SELECT_UNSEEN = `
  SELECT relname::text AS name
  FROM pg_class
  WHERE relforcerowsecurity AND row_security_active(oid) AND NOT EXISTS (
    SELECT FROM pg_policy
    WHERE polrelid = pg_class.oid AND polcmd = '*' AND polroles @> ARRAY(SELECT oid FROM pg_roles WHERE rolname = current_user)
  )`;

/**
 * The owner's policies name the role that ran the migrations. A database that was handed to another role, or restored under
 * one, would look empty to it, and everything would be stored a second time.
 */
export async function refuseBlindOwner(client: Client): Promise<void> {
  const { rows } = await client.query(SELECT_UNSEEN);
  const [unseen] = z.array(z.object({ name: z.string() })).parse(rows);
  if (unseen !== undefined) throw new MigrationError("not_the_owner", unseen.name);
}

async function apply(client: Client, { name, sql, sha256 }: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(sql);
    await client.query("INSERT INTO schema_migrations (name, sha256) VALUES ($1, $2)", [name, sha256]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
