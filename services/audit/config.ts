import { eventsSettings } from "@flowstate/messaging";
import {
  ALSO_WITH_PROBLEMS,
  apiSecretSetting,
  port,
  refuseInsecureUrls,
  refusePlainTenant,
  retentionSettings,
  serviceSettings,
  telemetrySettings,
  tenantIdSetting,
  tenantSchema,
  tenantsSetting,
} from "@flowstate/runtime";
import { z } from "zod";
import { signingSettings } from "./chain/settings.ts";
import { databaseSettings } from "./database/settings.ts";

const shape = {
  ...serviceSettings,
  ...telemetrySettings,
  ...eventsSettings,
  AUDIT_HOST: z.string().min(1).default("0.0.0.0").describe("Address that audit listens on; all of them by default."),
  AUDIT_PORT: port(8081).describe("Port that audit listens on; 0 lets the system choose."),
  ...databaseSettings,
  ...signingSettings,
  ...retentionSettings,
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
