import type { TenantId } from "@flowstate/contracts";
import { authorizeTenant, HttpError, type KeyStore, type Logger, type Tenant } from "@flowstate/runtime";
import type { FastifyRequest } from "fastify";
import type { Pool } from "pg";
import type { z } from "zod";
import { classifyDatabaseError } from "../database/database-error.ts";
import { type Reader, readAsTenant } from "../database/read-as-tenant.ts";

/** What every endpoint of the API works with. */
export interface ApiAccess {
  readonly keys: KeyStore;
  /** Connects as the API's role, to which the database shows one tenant at a time. */
  readonly pool: Pool;
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

/** The tenant whose key the request carries. Throws 401 without or with a wrong one, 403 for one that may not read. */
export async function authenticate(request: FastifyRequest, { keys }: ApiAccess): Promise<TenantId> {
  return (await authorizeTenant(request, keys, "read")).tenant;
}

/** The request's query by the endpoint's schema. Throws 400 for what it does not allow, unknown parameters included. */
export function parseQuery<S extends z.ZodType>(schema: S, request: FastifyRequest): z.output<S> {
  const parsed = schema.safeParse(request.query);
  if (!parsed.success) throw new HttpError("malformed_request");
  return parsed.data;
}

/** What `read` makes of the tenant's rows, in one transaction. Throws 503 while the database is away. */
export async function readOwnRows<T>(
  { pool, logger }: ApiAccess,
  tenant: TenantId,
  read: (reader: Reader) => Promise<T>,
): Promise<T> {
  return readAsTenant(pool, tenant, read).catch((error: unknown) => {
    if (classifyDatabaseError(error) !== "temporary") throw error;
    logger.warn("database.unavailable", {}, error);
    throw new HttpError("temporarily_unavailable");
  });
}
