import type { TenantId } from "@flowstate/contracts";
import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { inSnapshot } from "./transaction.ts";

/** Asks the database, and reads the answer by a schema of its rows. */
export interface Reader {
  rows<S extends z.ZodType>(schema: S, statement: string, values: readonly unknown[]): Promise<z.output<S>[]>;
}

/** Names the tenant to the policies of row-level security, for this transaction only: the connection is shared. */
const SET_TENANT = "SELECT set_config('flowstate.tenant_id', $1, true)";

/**
 * Runs `read` in one read-only transaction that sees the rows of `tenant` and no others, if `pool` connects as the API's
 * role. Rejects with the driver's error.
 */
export function readAsTenant<T>(pool: Pool, tenant: TenantId, read: (reader: Reader) => Promise<T>): Promise<T> {
  return inSnapshot(pool, async (client) => {
    await client.query(SET_TENANT, [tenant]);
    return read(readerOf(client));
  });
}

/** Runs `read` in one read-only transaction that sees everything that the role sees which `pool` connects as. */
export function readEverything<T>(pool: Pool, read: (reader: Reader) => Promise<T>): Promise<T> {
  return inSnapshot(pool, (client) => read(readerOf(client)));
}

function readerOf(client: PoolClient): Reader {
  return {
    async rows(schema, statement, values) {
      const { rows } = await client.query(statement, [...values]);
      return z.array(schema).parse(rows);
    },
  };
}
