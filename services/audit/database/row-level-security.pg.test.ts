// Real: PostgreSQL with audit's schema and stored events of two tenants, and a direct connection as the API's role, without
// any code of audit. Doubled: the stream.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { OTHER_TENANT } from "../testing/audit-api.ts";
import { type AuditDatabase, auditDatabase, recordingInto } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, sampleEvent, TENANT } from "../testing/sample-events.ts";

const tableSchema = z.array(z.object({ name: z.string(), has_tenant: z.boolean(), is_partition: z.boolean() }));
type Table = z.output<typeof tableSchema>[number];

let database: AuditDatabase;
let api: pg.Client;
let tables: Table[];
beforeAll(async () => {
  database = await auditDatabase();
  const tenants = [TENANT, OTHER_TENANT, OTHER_TENANT];
  const events = tenants.flatMap((tenant_id) => [
    sampleEvent("mail.received", { data: { tenant_id } }),
    sampleEvent("document.received", { data: { tenant_id, document_id: randomUUID() } }),
  ]);
  const batch = [...events, sampleEvent("mail.unroutable"), "not an event"].map(messageOf);
  await recordMessages(recordingInto(database.pool), batch);
  const { rows } = await database.pool.query(`
    SELECT
      c.relname::text AS name,
      EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenant_id') AS has_tenant,
      c.relispartition AS is_partition
    FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`);
  tables = tableSchema.parse(rows);
  api = new pg.Client({ connectionString: database.apiUrl });
  await api.connect();
  // The setting of a session outlives its transactions; a connection that is misused must not be able to rely on one.
  await api.query("SET default_transaction_read_only = off");
});
afterAll(async () => {
  await api.end();
  await database[Symbol.asyncDispose]();
});

/** The tenants whose rows the API's role sees in a table after it has set this one; the SQLSTATE when it may not look. */
async function seen(table: string, tenant: string | undefined): Promise<unknown> {
  await api.query("BEGIN");
  try {
    if (tenant !== undefined) await api.query("SELECT set_config('flowstate.tenant_id', $1, true)", [tenant]);
    const { rows } = await api.query(`SELECT DISTINCT tenant_id FROM ${table}`);
    return rows.map(({ tenant_id }) => tenant_id);
  } catch (error) {
    return codeOf(error);
  } finally {
    await api.query("ROLLBACK");
  }
}
const codeOf = (error: unknown): unknown => (error instanceof pg.DatabaseError ? error.code : error);
const attempt = (sql: string): Promise<unknown> => api.query(sql).then(() => "done", codeOf);

const PERMISSION_DENIED = "42501";
/** Tables that name tenants and are the operator's alone. */
const OPERATORS_ONLY: readonly string[] = ["alerts", "chain_breaks"];
const isShared = ({ name, has_tenant, is_partition }: Table) =>
  has_tenant && !is_partition && !OPERATORS_ONLY.includes(name);
const shared = () => tables.filter(isShared);

describe("the API's role", () => {
  it("finds the tables that this suite speaks of", () => {
    expect(shared().map(({ name }) => name)).toEqual(expect.arrayContaining(["documents", "events"]));
    expect(tables.filter(({ is_partition }) => is_partition)).toHaveLength(1);
  });

  it("sees no row of any table as long as it has set no tenant, nor with one that does not exist", async () => {
    for (const { name } of shared()) {
      for (const tenant of [undefined, "", "nobody", "%", `${TENANT}' OR 'a'='a`])
        expect(await seen(name, tenant)).toEqual([]);
    }
  });

  it("sees a tenant's rows and no others after it has set that tenant", async () => {
    for (const { name } of shared()) {
      for (const tenant of [TENANT, OTHER_TENANT]) expect(await seen(name, tenant)).toEqual([tenant]);
    }
  });

  it("sees nothing any more when the transaction is over that has set the tenant", async () => {
    expect(await seen("events", TENANT)).toEqual([TENANT]);
    expect(await seen("events", undefined)).toEqual([]);
  });

  it("may not look past the policies into a partition, nor into tables that belong to no tenant", async () => {
    for (const { name } of tables.filter((table) => !isShared(table))) {
      expect(await attempt(`SELECT FROM ${name}`), name).toBe(PERMISSION_DENIED);
    }
  });

  it("may change nothing in any table", async () => {
    for (const { name, has_tenant } of tables) {
      const column = has_tenant ? "tenant_id = tenant_id" : "";
      const attempts = [
        `INSERT INTO ${name} DEFAULT VALUES`,
        `DELETE FROM ${name}`,
        `TRUNCATE ${name}`,
        `DROP TABLE ${name}`,
      ];
      if (column !== "") attempts.push(`UPDATE ${name} SET ${column}`);
      for (const sql of attempts) expect(await attempt(sql), sql).toBe(PERMISSION_DENIED);
    }
  });

  it("may not become another role, nor switch the policies off", async () => {
    for (const sql of [
      `SET ROLE ${new URL(database.url).username}`,
      `SET SESSION AUTHORIZATION ${new URL(database.url).username}`,
      "ALTER TABLE events DISABLE ROW LEVEL SECURITY",
      "DROP POLICY events_of_tenant ON events",
      "CREATE TABLE public.elsewhere (n int)",
      "ALTER ROLE flowstate_audit_api BYPASSRLS",
    ]) {
      expect(await attempt(sql), sql).toBe(PERMISSION_DENIED);
    }
  });

  it("is shown nothing by what switching row-level security off for the session does", async () => {
    await api.query("SET row_security = off");
    expect(await seen("events", TENANT)).toBe(PERMISSION_DENIED);
    await api.query("RESET row_security");
  });
});
