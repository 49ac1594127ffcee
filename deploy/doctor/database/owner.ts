import { join } from "node:path";
import { type Client, DatabaseError } from "pg";
import { z } from "zod";
import {
  appliedSchema,
  MigrationError,
  outstandingMigrations,
  readMigrations,
  refuseBlindOwner,
} from "../../../services/audit/database/migrate.ts";
import { found, type Result } from "../result.ts";

const MIGRATIONS_FOLDER = join(import.meta.dirname, "../../../services/audit/migrations");
const UNDEFINED_TABLE = "42P01";

const roleSchema = z.tuple([z.object({ is_privileged: z.boolean() })]);

/** Whether the role that records is an ordinary one that sees its tables, and whether these are this version's. */
export async function aboutOwner(client: Client): Promise<readonly Result[]> {
  const { rows } = await client.query(
    "SELECT rolsuper OR rolbypassrls AS is_privileged FROM pg_roles WHERE rolname = current_user",
  );
  const [{ is_privileged }] = roleSchema.parse(rows);
  // One that steps around row-level security sees everything, and has to be changed first.
  if (is_privileged)
    return [found("database.owner_privileged", "DATABASE_URL: the role is a superuser or has BYPASSRLS")];
  try {
    await refuseBlindOwner(client);
    const outstanding = outstandingMigrations(await readMigrations(MIGRATIONS_FOLDER), await appliedMigrations(client));
    if (outstanding.length === 0) return [];
    return [found("database.migrations_outstanding", `${outstanding.length} migrations are not applied yet`)];
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    return error.code === "not_the_owner"
      ? [found("database.owner_blind", "DATABASE_URL: the role is not the one that made the tables")]
      : [found("database.migrations_contradict", `the database's history is not this version's (${error.code})`)];
  }
}

/** None when audit has never been started. */
async function appliedMigrations(client: Client): Promise<z.output<typeof appliedSchema>> {
  try {
    const { rows } = await client.query("SELECT name, sha256 FROM schema_migrations");
    return appliedSchema.parse(rows);
  } catch (error) {
    if (error instanceof DatabaseError && error.code === UNDEFINED_TABLE) return [];
    throw error;
  }
}
