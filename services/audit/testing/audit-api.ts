import { tenantIdSchema } from "@flowstate/contracts";
import { apiKeyOf, configuredKeys } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import { createApi } from "../api.ts";
import { silentLogger } from "./audit-database.ts";
import { TENANT } from "./sample-events.ts";

export const OTHER_TENANT = "globex";
/** A key of each tenant. */
export const KEY = "key-of-acme-0123456789";
export const OTHER_KEY = "key-of-globex-0123456789";

/** The API over `pool`, for two tenants; requests are injected, nothing listens. */
export function testApi(pool: Pool, isReady: () => Promise<boolean> = async () => true): FastifyInstance {
  const keys = configuredKeys([
    apiKeyOf(KEY, tenantIdSchema.parse(TENANT)),
    apiKeyOf(OTHER_KEY, tenantIdSchema.parse(OTHER_TENANT)),
  ]);
  return createApi({ keys, pool, logger: silentLogger }, isReady);
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** `GET path` with a key, of the first tenant unless said otherwise. */
export async function get(api: FastifyInstance, path: string, key: string | undefined = KEY): Promise<Answer> {
  const answer = await api.inject({ method: "GET", url: path, headers: { "x-api-key": key } });
  return { status: answer.statusCode, body: answer.json() };
}
