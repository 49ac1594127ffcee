import type { Client } from "pg";
import { z } from "zod";
import { found, type Result } from "../result.ts";

/** Security invoker views, MERGE and what the migrations use besides came by then. */
const OLDEST_VERSION = 150_000;

const settingsSchema = z.tuple([
  z.object({
    version: z.coerce.number(),
    statements: z.string(),
    slower_than: z.coerce.number(),
    value_length: z.coerce.number(),
  }),
]);

/** The server's version, and whether its log would quote what events hold. */
export async function aboutServer(client: Client): Promise<readonly Result[]> {
  const { rows } = await client.query(`SELECT
    current_setting('server_version_num') AS version,
    current_setting('log_statement') AS statements,
    (SELECT setting FROM pg_settings WHERE name = 'log_min_duration_statement') AS slower_than,
    (SELECT setting FROM pg_settings WHERE name = 'log_parameter_max_length') AS value_length`);
  const [{ version, statements, slower_than, value_length }] = settingsSchema.parse(rows);
  const logsStatements = statements === "all" || statements === "mod" || slower_than >= 0;
  return [
    ...(version < OLDEST_VERSION ? [found("database.version_old", "PostgreSQL is older than 15")] : []),
    ...(logsStatements && value_length !== 0
      ? [found("database.logs_values", "PostgreSQL logs statements with their values")]
      : []),
  ];
}

const identitySchema = z.tuple([z.object({ identity: z.string() })]);

/** The same for two connections into one database of one running server, and for no others. */
export async function identityOf(client: Client): Promise<string> {
  const { rows } = await client.query(
    "SELECT format('%s %s', pg_postmaster_start_time()::text, current_database()) AS identity",
  );
  const [{ identity }] = identitySchema.parse(rows);
  return identity;
}
