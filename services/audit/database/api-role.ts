import type { ClientBase, Pool } from "pg";
import { z } from "zod";
import { classifyDatabaseError } from "./database-error.ts";

/** Why a role must not be what the API reads with. */
type ApiRoleProblem = "api_role_not_a_member" | "api_role_has_other_rights" | "api_role_owns" | "api_role_privileged";

/**
 * `DATABASE_API_URL` names a role that could see other tenants' rows, or none at all. Nothing is asked with it; what must
 * change is the role (deploy/postgres/api-role.sql).
 */
export class ApiRoleError extends Error {
  readonly code: ApiRoleProblem;

  constructor(code: ApiRoleProblem) {
    super(`${code}: see deploy/postgres/api-role.sql`);
    this.name = "ApiRoleError";
    this.code = code;
  }
}

/**
 * Of the roles that this session can act as, by any membership: itself and flowstate_api, and no others. Neither may be
 * privileged, because privileges step around row-level security or can be made to; neither may own anything here, because
 * an owner does.
 */
const SELECT_RIGHTS = `
  WITH acts_as AS (
    SELECT oid, rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication AS is_privileged
    FROM pg_roles
    WHERE pg_has_role(session_user, oid, 'MEMBER')
  )
  SELECT
    COALESCE((SELECT bool_or(is_privileged) FROM acts_as), false) AS is_privileged,
    EXISTS (SELECT FROM acts_as WHERE rolname = 'flowstate_api' AND rolname <> session_user) AS is_member,
    EXISTS (SELECT FROM acts_as WHERE rolname NOT IN ('flowstate_api', session_user)) AS has_other_rights,
    EXISTS (SELECT FROM pg_class WHERE relowner IN (SELECT oid FROM acts_as))
      OR EXISTS (SELECT FROM pg_namespace WHERE nspowner IN (SELECT oid FROM acts_as))
      OR EXISTS (SELECT FROM pg_database WHERE datname = current_database() AND datdba IN (SELECT oid FROM acts_as))
      AS owns`;

const rightsSchema = z.tuple([
  z.object({ is_privileged: z.boolean(), is_member: z.boolean(), has_other_rights: z.boolean(), owns: z.boolean() }),
]);

/** Throws `ApiRoleError` when the role that `client` has logged in as could see more than the tenant it names. */
export async function checkApiRole(client: ClientBase): Promise<void> {
  const { rows } = await client.query(SELECT_RIGHTS);
  const [{ is_privileged, is_member, has_other_rights, owns }] = rightsSchema.parse(rows);
  if (is_privileged) throw new ApiRoleError("api_role_privileged");
  if (owns) throw new ApiRoleError("api_role_owns");
  if (has_other_rights) throw new ApiRoleError("api_role_has_other_rights");
  if (!is_member) throw new ApiRoleError("api_role_not_a_member");
}

/**
 * Throws `ApiRoleError` when the connections of `pool`, which `checkApiRole` admits, cannot be used. A database that is away
 * cannot be asked; the question then comes with the first connection that is made.
 */
export async function requireApiRole(pool: Pool): Promise<void> {
  try {
    (await pool.connect()).release();
  } catch (error) {
    if (error instanceof ApiRoleError || classifyDatabaseError(error) !== "temporary") throw error;
  }
}
