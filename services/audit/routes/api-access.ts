import type { TenantId } from "@flowstate/contracts";
import { type ApiKey, findApiKey, HttpError, type Logger } from "@flowstate/runtime";
import type { FastifyRequest } from "fastify";
import type { Pool } from "pg";
import { z } from "zod";
import { classifyDatabaseError } from "../database/database-error.ts";

/** What every endpoint of the API works with. */
export interface ApiAccess {
  readonly apiKeys: readonly ApiKey[];
  readonly pool: Pool;
  readonly logger: Logger;
}

/** The tenant whose key the request carries. Throws 401 without or with a wrong one. */
export function authenticate(request: FastifyRequest, { apiKeys }: ApiAccess): TenantId {
  const presented = request.headers["x-api-key"];
  const key = findApiKey(apiKeys, typeof presented === "string" ? presented : undefined);
  if (key === undefined) throw new HttpError("authentication_failed");
  return key.tenant;
}

/** The request's query by the endpoint's schema. Throws 400 for what it does not allow, unknown parameters included. */
export function parseQuery<S extends z.ZodType>(schema: S, request: FastifyRequest): z.output<S> {
  const parsed = schema.safeParse(request.query);
  if (!parsed.success) throw new HttpError("malformed_request");
  return parsed.data;
}

/** The rows a statement answers. Throws 503 while the database is away. */
export async function queryRows<S extends z.ZodType>(
  { pool, logger }: ApiAccess,
  rowSchema: S,
  statement: string,
  values: readonly unknown[],
): Promise<z.output<S>[]> {
  const { rows } = await pool.query(statement, [...values]).catch((error: unknown) => {
    if (classifyDatabaseError(error) !== "temporary") throw error;
    logger.warn("database.unavailable", {}, error);
    throw new HttpError("temporarily_unavailable");
  });
  return z.array(rowSchema).parse(rows);
}
