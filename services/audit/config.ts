import { tenantIdSchema } from "@flowstate/contracts";
import { eventsSettings } from "@flowstate/messaging";
import { port, refuseInsecureUrls, secret, serviceSettings, telemetrySettings } from "@flowstate/runtime";
import { z } from "zod";

const API_KEY_MIN_LENGTH = 16;

const shape = {
  ...serviceSettings,
  ...telemetrySettings,
  ...eventsSettings,
  AUDIT_HOST: z.string().min(1).default("0.0.0.0").describe("Address that audit listens on; all of them by default."),
  AUDIT_PORT: port(8081).describe("Port that audit listens on; 0 lets the system choose."),
  DATABASE_URL: z
    .string("is required")
    .regex(/^postgres(?:ql)?:\/\/./, "must be a postgres:// URL")
    .refine((value) => URL.canParse(value), "must be a postgres:// URL")
    .meta({ secret: true })
    .describe("PostgreSQL 15 or newer, with user and password; add sslmode=verify-full outside one machine."),
  API_SECRET: secret(API_KEY_MIN_LENGTH).describe("The tenant's API key, presented as X-API-Key."),
  TENANT_ID: z
    .string()
    .default("default")
    .pipe(tenantIdSchema)
    .describe("The tenant whose documents the key may ask about: lower-case letters, digits and hyphens."),
};

const schema = z.object(shape).superRefine((config, context) => {
  refuseInsecureUrls(
    config.FLOWSTATE_LOCAL,
    { OTEL_EXPORTER_OTLP_ENDPOINT: config.OTEL_EXPORTER_OTLP_ENDPOINT },
    context,
  );
});

export const auditConfig = { schema, variables: Object.keys(shape) };
export type AuditConfig = z.output<typeof schema>;
