import { X509Certificate } from "node:crypto";
import { tenantIdSchema } from "@flowstate/contracts";
import { documentsSettings } from "@flowstate/messaging";
import { outboundUrl, refuseInsecureUrls, serviceSettings, telemetrySettings, wholeNumber } from "@flowstate/runtime";
import { z } from "zod";
import { parseWebhookSecrets } from "./sign.ts";

const MIB = 1024 * 1024;
/** The largest extraction that crosses a sealed transfer, in either direction. */
export const MAX_EXTRACTION_BYTES = 16 * MIB;

const shape = {
  ...serviceSettings,
  ...telemetrySettings,
  ...documentsSettings,
  TENANT_ID: z
    .string()
    .default("default")
    .pipe(tenantIdSchema)
    .describe("The tenant whose extractions go to the ERP: lower-case letters, digits and hyphens."),
  ERP_WEBHOOK_URL: outboundUrl.describe("The tenant's ERP endpoint: https, and the only place extractions go to."),
  ERP_WEBHOOK_SECRET: z
    .string("is required")
    .transform((list, context) => {
      const secrets = parseWebhookSecrets(list);
      if (secrets !== undefined) return secrets;
      context.addIssue({
        code: "custom",
        message: "must be whsec_ and base64 of 24 to 64 bytes; several separated by spaces or commas",
      });
      return z.NEVER;
    })
    .meta({ secret: true })
    .describe(
      "Standard Webhooks signing secret, whsec_…. While rotating, the new and the old one, separated by a space: " +
        "each delivery then carries a signature of each.",
    ),
  ERP_CA_CERTIFICATE: z
    .string()
    .refine(isCertificate, "must be a certificate in PEM")
    .optional()
    .describe("Certificate of the private authority that the ERP's certificate must come from, PEM or file:/path."),
  ERP_TIMEOUT_MS: wholeNumber({ min: 1_000, max: 120_000, fallback: 20_000 }).describe(
    "Longest wait for the ERP's answer, milliseconds; never longer than the mail's deadline.",
  ),
  PUSHER_MEMORY_BYTES: wholeNumber({ min: MAX_EXTRACTION_BYTES, max: 16 * 1024 * MIB, fallback: 64 * MIB }).describe(
    "Bytes of extractions this process may hold at once; above it, ingest asks another instance or waits.",
  ),
};

const schema = z.object(shape).superRefine((config, context) => {
  const { FLOWSTATE_LOCAL, ERP_WEBHOOK_URL, OTEL_EXPORTER_OTLP_ENDPOINT } = config;
  refuseInsecureUrls(FLOWSTATE_LOCAL, { ERP_WEBHOOK_URL, OTEL_EXPORTER_OTLP_ENDPOINT }, context);
});

export const erpPusherConfig = { schema, variables: Object.keys(shape) };
export type ErpPusherConfig = z.output<typeof schema>;

function isCertificate(pem: string): boolean {
  try {
    return pem.includes("-----BEGIN CERTIFICATE-----") && new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
