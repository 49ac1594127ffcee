import { documentsSettings } from "@flowstate/messaging";
import {
  ALSO_WITH_PROBLEMS,
  ERP_TIMEOUT_BOUNDS,
  INSECURE_URL,
  isSecureUrl,
  outboundUrl,
  pemCertificate,
  refuseInsecureUrls,
  refusePlainTenant,
  serviceSettings,
  telemetrySettings,
  tenantErpSchema,
  tenantIdSetting,
  tenantSchema,
  tenantsSetting,
  UNLESS_TENANTS,
  wholeNumber,
} from "@flowstate/runtime";
import { z } from "zod";
import { parseWebhookSecrets, type WebhookSecrets } from "./sign.ts";

const MIB = 1024 * 1024;
/** The largest extraction that crosses a sealed transfer, in either direction. */
export const MAX_EXTRACTION_BYTES = 16 * MIB;

/** A tenant as this service needs it: with an ERP, and with secrets that can be signed with. */
const tenantWithErp = tenantSchema.extend({
  erp: tenantErpSchema.extend({
    secrets: tenantErpSchema.shape.secrets.transform((secrets, context): WebhookSecrets => {
      const unusable = secrets.flatMap((secret, index) => (parseWebhookSecrets(secret)?.length === 1 ? [] : [index]));
      for (const index of unusable) {
        context.addIssue({ code: "custom", path: [index], message: "must be whsec_ and base64 of 24 to 64 bytes" });
      }
      return parseWebhookSecrets(secrets.join(" ")) ?? z.NEVER;
    }),
  }),
});

const shape = {
  ...serviceSettings,
  ...telemetrySettings,
  ...documentsSettings,
  TENANT_ID: tenantIdSetting,
  ERP_WEBHOOK_URL: outboundUrl
    .optional()
    .meta(UNLESS_TENANTS)
    .describe("The tenant's ERP endpoint: https, and the only place its extractions go to."),
  ERP_WEBHOOK_SECRET: z
    .string()
    .transform((list, context) => {
      const secrets = parseWebhookSecrets(list);
      if (secrets !== undefined) return secrets;
      context.addIssue({
        code: "custom",
        message: "must be whsec_ and base64 of 24 to 64 bytes; several separated by spaces or commas",
      });
      return z.NEVER;
    })
    .optional()
    .meta({ secret: true, ...UNLESS_TENANTS })
    .describe(
      "Standard Webhooks signing secret, whsec_…. While rotating, the new and the old one, separated by a space: " +
        "each delivery then carries a signature of each.",
    ),
  ERP_CA_CERTIFICATE: pemCertificate
    .optional()
    .describe("Certificate of the private authority that the ERP's certificate must come from, PEM or file:/path."),
  FLOWSTATE_TENANTS: tenantsSetting(tenantWithErp),
  ERP_TIMEOUT_MS: wholeNumber({ ...ERP_TIMEOUT_BOUNDS, fallback: 20_000 }).describe(
    "Longest wait for an ERP's answer, milliseconds, unless its tenant says otherwise; never longer than the mail's deadline.",
  ),
  PUSHER_MEMORY_BYTES: wholeNumber({ min: MAX_EXTRACTION_BYTES, max: 16 * 1024 * MIB, fallback: 64 * MIB }).describe(
    "Bytes of extractions this process may hold at once; above it, ingest asks another instance or waits.",
  ),
};

const schema = z
  .object(shape)
  .superRefine(({ FLOWSTATE_LOCAL, ERP_WEBHOOK_URL, OTEL_EXPORTER_OTLP_ENDPOINT }, context) => {
    refuseInsecureUrls(FLOWSTATE_LOCAL, { ERP_WEBHOOK_URL, OTEL_EXPORTER_OTLP_ENDPOINT }, context);
  })
  .superRefine((config, context) => {
    const { FLOWSTATE_LOCAL, FLOWSTATE_TENANTS, ERP_WEBHOOK_URL, ERP_WEBHOOK_SECRET, ERP_CA_CERTIFICATE } = config;
    const needed = { ERP_WEBHOOK_URL, ERP_WEBHOOK_SECRET };
    refusePlainTenant(config, { needed, optional: { ERP_CA_CERTIFICATE } }, context);
    for (const { id, erp } of FLOWSTATE_TENANTS ?? []) {
      if (isSecureUrl(FLOWSTATE_LOCAL, erp.url)) continue;
      const message = `tenant ${id}: erp.url ${INSECURE_URL}`;
      context.addIssue({ code: "custom", path: ["FLOWSTATE_TENANTS", id, "erp", "url"], message });
    }
  }, ALSO_WITH_PROBLEMS);

export const erpPusherConfig = { schema, variables: Object.keys(shape) };
export type ErpPusherConfig = z.output<typeof schema>;
