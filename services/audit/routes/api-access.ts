import type { TenantId } from "@flowstate/contracts";
import { HttpError, type KeyStore, type Logger, type Tenant } from "@flowstate/runtime";
import type { Pool } from "pg";
import { classifyDatabaseError } from "../database/database-error.ts";
import { type Reader, readAsTenant, readEverything } from "../database/read-rows.ts";
import type { Viewer } from "./viewer.ts";

/** What every endpoint of the API works with. */
export interface ApiAccess {
  readonly keys: KeyStore;
  /** Connects as the API's role, to which the database shows one tenant at a time. */
  readonly tenantPool: Pool;
  /** Connects as the owner of the tables, and cannot write: for the operator's questions. */
  readonly operatorPool: Pool;
  readonly tenants: readonly TenantTerms[];
  /** With `{trace_id}` in it. */
  readonly traceUrlTemplate: string | undefined;
  readonly logger: Logger;
}

/** What is agreed with a tenant, as far as audit is concerned. */
export interface TenantTerms {
  readonly id: TenantId;
  readonly plan: Tenant["plan"];
  readonly retention_days: number;
}

/**
 * What `read` makes of the rows that the viewer sees, in one transaction. Statements say the tenant as well, for the planner
 * and for the operator who names one. Throws 503 while the database is away.
 */
export async function readRows<T>(
  { tenantPool, operatorPool, logger }: Pick<ApiAccess, "tenantPool" | "operatorPool" | "logger">,
  viewer: Viewer,
  read: (reader: Reader) => Promise<T>,
): Promise<T> {
  const reading =
    viewer.kind === "tenant" ? readAsTenant(tenantPool, viewer.tenant, read) : readEverything(operatorPool, read);
  return orUnavailable(logger, reading);
}

/** What comes of calls of the driver. Throws 503 where it rejects because the database is away. */
export async function orUnavailable<T>(logger: Logger, asking: Promise<T>): Promise<T> {
  return asking.catch((error: unknown) => {
    if (classifyDatabaseError(error) !== "temporary") throw error;
    logger.warn("database.unavailable", {}, error);
    throw new HttpError("temporarily_unavailable");
  });
}
