import { tenantIdSchema } from "@flowstate/contracts";
import { adminKeyOf, apiKeyOf, configuredKeys, digestOfKey, type Logger } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";
import { createApi } from "../api.ts";
import { AgreedClock } from "../clock/agreed-clock.ts";
import { recordingLag } from "../recording/recording-lag.ts";
import type { ApiAccess } from "../routes/api-access.ts";
import type { Operations } from "../routes/operations.ts";
import { type AuditDatabase, silentLogger } from "./audit-database.ts";
import { TENANT } from "./sample-events.ts";
import { KEYS, KEY as SIGNING_KEY } from "./sample-record.ts";

export const OTHER_TENANT = "globex";
/** A key of each tenant. */
export const KEY = "key-of-acme-0123456789";
export const OTHER_KEY = "key-of-globex-0123456789";
/** Of the first tenant, for reading or for submitting only. */
export const READ_KEY = "read-key-of-acme-0123456789";
export const SUBMIT_KEY = "submit-key-of-acme-0123456789";
export const ADMIN_KEY = "key-of-the-operator-0123456789";

/** What the operator is told of this process. */
export const HARDENING = { node_flags: true, no_swap: false };

export const TRACE_URL_TEMPLATE = "https://traces.example/{trace_id}";

/** What the endpoints work with, for two tenants. */
export function testAccess({ pool, apiPool }: Pick<AuditDatabase, "pool" | "apiPool">): ApiAccess {
  const [acme, globex] = [tenantIdSchema.parse(TENANT), tenantIdSchema.parse(OTHER_TENANT)];
  return {
    keys: configuredKeys([
      apiKeyOf(KEY, acme),
      apiKeyOf(OTHER_KEY, globex),
      apiKeyOf(READ_KEY, acme, new Set(["read"])),
      apiKeyOf(SUBMIT_KEY, acme, new Set(["submit"])),
      adminKeyOf(digestOfKey(ADMIN_KEY)),
    ]),
    tenantPool: apiPool,
    operatorPool: pool,
    tenants: [
      { id: acme, plan: "starter", retention_days: 30 },
      { id: globex, plan: "scale", retention_days: 365 },
    ],
    traceUrlTemplate: TRACE_URL_TEMPLATE,
    logger: silentLogger,
  };
}

/** What the operator's endpoints work with: no broker, a tenant that is kept for 30 days, and all others for a year. */
function testOperations({ pool }: Pick<AuditDatabase, "pool">): Operations {
  const policy = { days: new Map([[TENANT, 30]]), otherwise: 365 };
  const retention = { pool, policy, key: SIGNING_KEY, trusted: KEYS, now: () => new AgreedClock(pool).surely() };
  return { lag: () => recordingLag(pool, undefined), retention };
}

export interface TestApiOptions {
  /** Default: it is. */
  isReady?(): Promise<boolean>;
  /** Default: nobody reads it. */
  readonly logger?: Logger;
}

/** The API over a database; requests are injected, nothing listens. */
export function testApi(
  database: Pick<AuditDatabase, "pool" | "apiPool">,
  { isReady = async () => true, logger = silentLogger }: TestApiOptions = {},
): FastifyInstance {
  return createApi({}, { ...testAccess(database), logger }, testOperations(database), {
    hardening: HARDENING,
    scrubFault: () => undefined,
    isReady,
  });
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
