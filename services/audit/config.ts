import { eventsSettings } from "@flowstate/messaging";
import {
  ALSO_WITH_PROBLEMS,
  apiSecretSetting,
  port,
  refuseInsecureUrls,
  refusePlainTenant,
  serviceSettings,
  telemetrySettings,
  tenantIdSetting,
  tenantSchema,
  tenantsSetting,
} from "@flowstate/runtime";
import { z } from "zod";

const databaseUrl = z
  .string("is required")
  .regex(/^postgres(?:ql)?:\/\/./, "must be a postgres:// URL")
  .refine((value) => URL.canParse(value), "must be a postgres:// URL")
  .meta({ secret: true });

const shape = {
  ...serviceSettings,
  ...telemetrySettings,
  ...eventsSettings,
  AUDIT_HOST: z.string().min(1).default("0.0.0.0").describe("Address that audit listens on; all of them by default."),
  AUDIT_PORT: port(8081).describe("Port that audit listens on; 0 lets the system choose."),
  DATABASE_URL: databaseUrl.describe(
    "PostgreSQL 15 or newer, as the owner of audit's tables, with password; add sslmode=verify-full outside one machine.",
  ),
  DATABASE_API_URL: databaseUrl.describe(
    "The same database, as the login that deploy/postgres/api-role.sql makes: to it the database shows one tenant at a time.",
  ),
  TENANT_ID: tenantIdSetting,
  API_SECRET: apiSecretSetting,
  FLOWSTATE_TENANTS: tenantsSetting(tenantSchema),
};

const schema = z
  .object(shape)
  .superRefine(({ FLOWSTATE_LOCAL, OTEL_EXPORTER_OTLP_ENDPOINT }, context) => {
    refuseInsecureUrls(FLOWSTATE_LOCAL, { OTEL_EXPORTER_OTLP_ENDPOINT }, context);
  })
  .superRefine((config, context) => {
    refusePlainTenant(config, { needed: { API_SECRET: config.API_SECRET } }, context);
  }, ALSO_WITH_PROBLEMS);

export const auditConfig = { schema, variables: Object.keys(shape) };
export type AuditConfig = z.output<typeof schema>;
