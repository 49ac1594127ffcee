import { eventsSettings, refusePlainBroker } from "@flowstate/messaging";
import {
  ALSO_WITH_PROBLEMS,
  adminKeysSetting,
  apiKeysOf,
  apiSecretSetting,
  configuredTenants,
  drainSettings,
  httpSettings,
  port,
  refuseInsecureUrls,
  refusePlainHttp,
  refusePlainTenant,
  retentionSettings,
  serviceSettings,
  telemetrySettings,
  tenantIdSetting,
  tenantSchema,
  tenantsSetting,
} from "@flowstate/runtime";
import { z } from "zod";
import { alertSettings } from "./alerts/settings.ts";
import { signingSettings } from "./chain/settings.ts";
import { databaseSettings, refusePlainDatabase } from "./database/settings.ts";

const ownShape = {
  ...serviceSettings,
  ...telemetrySettings,
  AUDIT_HOST: z.string().min(1).default("0.0.0.0").describe("Address that audit listens on; all of them by default."),
  AUDIT_PORT: port(8081).describe("Port that audit listens on; 0 lets the system choose."),
  ...databaseSettings,
  ...signingSettings,
  ...retentionSettings,
  ...alertSettings,
  TENANT_ID: tenantIdSetting,
  API_SECRET: apiSecretSetting,
  FLOWSTATE_TENANTS: tenantsSetting(tenantSchema),
  ADMIN_API_KEYS: adminKeysSetting,
  TRACE_URL_TEMPLATE: z
    .string()
    .refine(isTraceUrlTemplate, "must be an http or https URL with {trace_id} in it, without credentials")
    .optional()
    .describe("Where a trace can be looked at, with {trace_id} in it: the dashboard links there."),
};

/** Where in `TRACE_URL_TEMPLATE` the trace's id goes: 32 hexadecimal digits. */
const TRACE_ID_PLACE = "{trace_id}";

function isTraceUrlTemplate(template: string): boolean {
  const url = URL.parse(template.replaceAll(TRACE_ID_PLACE, "0".repeat(32)));
  if (url === null || !template.includes(TRACE_ID_PLACE)) return false;
  return /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

const ownSchema = z
  .object(ownShape)
  .superRefine((config, context) => {
    const {
      FLOWSTATE_LOCAL,
      OTEL_EXPORTER_OTLP_ENDPOINT,
      SLACK_WEBHOOK_URL,
      AUDIT_PUBLIC_URL,
      ADMIN_API_KEYS = [],
    } = config;
    const urls = { OTEL_EXPORTER_OTLP_ENDPOINT, SLACK_WEBHOOK_URL, AUDIT_PUBLIC_URL };
    refuseInsecureUrls(FLOWSTATE_LOCAL, urls, context);
    for (const { digest, tenant } of apiKeysOf(configuredTenants(config))) {
      if (!ADMIN_API_KEYS.some((admin) => admin.digest.equals(digest))) continue;
      context.addIssue({ code: "custom", path: ["ADMIN_API_KEYS"], message: `has a key of tenant ${tenant}` });
    }
  })
  .superRefine((config, context) => {
    refusePlainTenant(config, { needed: { API_SECRET: config.API_SECRET } }, context);
    refusePlainDatabase(config, context);
  }, ALSO_WITH_PROBLEMS);

const servingShape = { ...eventsSettings, ...httpSettings, ...drainSettings };

const schema = ownSchema.safeExtend(servingShape).superRefine((config, context) => {
  refusePlainBroker(config, ["EVENTS"], context);
  refusePlainHttp(config, context);
}, ALSO_WITH_PROBLEMS);

/** Of commands that work on the database as this service does, and neither listen nor speak to a broker. */
export const auditConfigWithoutServing = { schema: ownSchema, variables: Object.keys(ownShape) };

export const auditConfig = { schema, variables: Object.keys({ ...servingShape, ...ownShape }) };
export type AuditConfig = z.output<typeof schema>;
