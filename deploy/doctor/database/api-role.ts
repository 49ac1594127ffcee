import type { Client } from "pg";
import { z } from "zod";
import { ApiRoleError, checkApiRole } from "../../../services/audit/database/api-role.ts";
import { found, type Result } from "../result.ts";

/** Tables and views of ours that this session could write to. */
const SELECT_WRITABLE = `
  SELECT count(*)::int AS tables
  FROM pg_class
  JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE nspname = 'public' AND relkind IN ('r', 'p', 'v')
    AND has_table_privilege(pg_class.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')`;
const writableSchema = z.tuple([z.object({ tables: z.int() })]);

/** Whether the login of the API is what `deploy/postgres/api-role.sql` makes, and can only read. */
export async function aboutApiRole(client: Client): Promise<readonly Result[]> {
  try {
    await checkApiRole(client);
  } catch (error) {
    if (!(error instanceof ApiRoleError)) throw error;
    return [found("database.api_role_unfit", `DATABASE_API_URL: ${error.code}`)];
  }
  const { rows } = await client.query(SELECT_WRITABLE);
  const [{ tables }] = writableSchema.parse(rows);
  return tables === 0
    ? []
    : [found("database.api_role_writes", `DATABASE_API_URL: the role may write to ${tables} tables`)];
}
