// Real: PostgreSQL, roles of its cluster made here, and connections as these. Doubled: nothing.
import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AuditDatabase, auditDatabase, silentLogger, UNREACHABLE_DATABASE } from "../testing/audit-database.ts";
import { checkApiRole, requireApiRole } from "./api-role.ts";
import { openPool } from "./open-pool.ts";

const PASSWORD = "of-a-role-for-a-test";

let database: AuditDatabase;
const made: string[] = [];
beforeEach(async () => {
  database = await auditDatabase();
});
afterEach(async () => {
  for (const name of made.splice(0).reverse()) await asOwner(`DROP OWNED BY ${name}; DROP ROLE ${name}`);
  await database[Symbol.asyncDispose]();
});

const asOwner = (sql: string) => database.pool.query(sql);

/** Makes a role with these attributes. Roles are the cluster's, whose databases other tests use at the same time. */
async function role(attributes: string): Promise<string> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await asOwner(`CREATE ROLE ${name} ${attributes}`);
  made.push(name);
  return name;
}
const login = (attributes = "") => role(`LOGIN PASSWORD '${PASSWORD}' ${attributes}`);

/** The code of the problem that a connection as `name` is refused for; undefined when there is none. */
async function problemOf(name: string): Promise<unknown> {
  const url = new URL(database.url);
  [url.username, url.password] = [name, PASSWORD];
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return await checkApiRole(client).then(
      () => undefined,
      (error: { code: unknown }) => error.code,
    );
  } finally {
    await client.end();
  }
}

describe("a login for the API", () => {
  it("is a member of flowstate_api, and nothing besides", async () => {
    const name = await login();
    expect(await problemOf(name)).toBe("api_role_not_a_member");
    await asOwner(`GRANT flowstate_api TO ${name}`);
    expect(await problemOf(name)).toBeUndefined();
  });

  it.each(["SUPERUSER", "BYPASSRLS", "CREATEROLE", "REPLICATION"])(
    "is refused with the attribute %s",
    async (attribute) => {
      const name = await login(`${attribute} IN ROLE flowstate_api`);
      expect(await problemOf(name)).toBe("api_role_privileged");
    },
  );

  it("is refused when it could become a role with such an attribute, over however many steps", async () => {
    const privileged = await role("BYPASSRLS");
    const between = await role(`NOINHERIT IN ROLE ${privileged}`);
    expect(await problemOf(await login(`NOINHERIT IN ROLE flowstate_api, ${between}`))).toBe("api_role_privileged");
  });

  it("is refused when it is a member of anything else, like a role that may read all tables", async () => {
    expect(await problemOf(await login("IN ROLE flowstate_api, pg_read_all_data"))).toBe("api_role_has_other_rights");
  });

  it.each([
    ["a table", (name: string) => `ALTER TABLE documents OWNER TO ${name}`],
    ["the schema", (name: string) => `ALTER SCHEMA public OWNER TO ${name}`],
    [
      "the database",
      (name: string) => `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO ${name}', current_database()); END $$`,
    ],
  ])("is refused when it owns %s", async (_what, giveTo) => {
    const name = await login("IN ROLE flowstate_api");
    await asOwner(giveTo(name));
    expect(await problemOf(name)).toBe("api_role_owns");
    await asOwner(`REASSIGN OWNED BY ${name} TO CURRENT_USER`);
  });
});

describe("a pool of the API", () => {
  const open = (url: string) =>
    openPool({
      url,
      purpose: "test",
      maxConnections: 2,
      statementTimeoutMs: 5_000,
      logger: silentLogger,
      admit: checkApiRole,
    });

  it("hands out no connection of a role that is refused, at the start nor later", async () => {
    const pool = open(database.url);
    await expect(requireApiRole(pool)).rejects.toMatchObject({ code: "api_role_privileged" });
    await expect(pool.query("SELECT tenant_id FROM events")).rejects.toMatchObject({ code: "api_role_privileged" });
    await pool.end();
  });

  it("works as the role that deploy/postgres/api-role.sql makes", async () => {
    const pool = open(database.apiUrl);
    await requireApiRole(pool);
    expect((await pool.query("SELECT tenant_id FROM events")).rows).toEqual([]);
    await pool.end();
  });

  it("does not keep audit from starting while the database is away", async () => {
    const pool = open(UNREACHABLE_DATABASE);
    await expect(requireApiRole(pool)).resolves.toBeUndefined();
    await pool.end();
  });
});
