import { documentsSettings, refusePlainBroker } from "@flowstate/messaging";
import {
  ALSO_WITH_PROBLEMS,
  authorizationProblem,
  bearerToken,
  ERP_TIMEOUT_BOUNDS,
  INSECURE_URL,
  ipNetworks,
  isSecureUrl,
  keyFitsCertificate,
  MAX_ALLOWED_NETWORKS,
  NOT_ITS_KEY,
  outboundUrl,
  pemCertificate,
  pemPrivateKey,
  port,
  probeHost,
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
import { allowedNetwork } from "./egress/allowed-network.ts";
import { hostProblem } from "./egress/guard-addresses.ts";
import { payloadMappingSchema } from "./payload/mapping-schema.ts";
import { parseSigningKey, parseWebhookSecrets, type SigningKey, type WebhookSecrets } from "./sign.ts";

const MIB = 1024 * 1024;
/** The largest extraction that crosses a sealed transfer, in either direction. */
export const MAX_EXTRACTION_BYTES = 16 * MIB;

/** A tenant as this service needs it: with an ERP, and with what libraries cannot read for it. */
const tenantWithErp = tenantSchema.extend({
  erp: tenantErpSchema
    .extend({
      secrets: tenantErpSchema.shape.secrets.transform((secrets, context): WebhookSecrets => {
        const unusable = secrets.flatMap((secret, index) => (parseWebhookSecrets(secret)?.length === 1 ? [] : [index]));
        for (const index of unusable) {
          context.addIssue({ code: "custom", path: [index], message: "must be whsec_ and base64 of 24 to 64 bytes" });
        }
        return parseWebhookSecrets(secrets.join(" ")) ?? z.NEVER;
      }),
      signing_keys: tenantErpSchema.shape.signing_keys.transform((keys, context): readonly SigningKey[] =>
        keys.flatMap((text, index) => {
          const key = parseSigningKey(text);
          if (key !== undefined) return [key];
          context.addIssue({ code: "custom", path: [index], message: "must be whsk_ and base64 of an ed25519 key" });
          return [];
        }),
      ),
      allowed_networks: tenantErpSchema.shape.allowed_networks.pipe(z.array(allowedNetwork)),
      payload: payloadMappingSchema.optional(),
    })
    .superRefine((erp, context) => {
      const message = authorizationProblem(erp);
      if (message !== undefined) context.addIssue({ code: "custom", path: ["headers"], message });
    }),
});

const ownShape = {
  ...serviceSettings,
  ...telemetrySettings,
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
  ERP_ALLOWED_NETWORKS: ipNetworks(allowedNetwork, MAX_ALLOWED_NETWORKS)
    .optional()
    .describe(
      "Networks in which an ERP on the operator's own premises is, such as 10.20.0.0/16, several separated by spaces or " +
        "commas. Otherwise only public addresses are delivered to.",
    ),
  ERP_BEARER_TOKEN: bearerToken
    .optional()
    .meta({ secret: true })
    .describe(
      "Sent to the ERP with each delivery as Authorization: Bearer …, if it asks for that beside the signature.",
    ),
  ERP_CLIENT_CERTIFICATE: pemCertificate
    .optional()
    .describe("Certificate that is shown to an ERP that asks for one (mTLS), with its chain, PEM or file:/path."),
  ERP_CLIENT_KEY: pemPrivateKey
    .optional()
    .meta({ secret: true })
    .describe("Private key of ERP_CLIENT_CERTIFICATE, PEM without a passphrase, or file:/path."),
  FLOWSTATE_TENANTS: tenantsSetting(tenantWithErp),
  ERP_TIMEOUT_MS: wholeNumber({ ...ERP_TIMEOUT_BOUNDS, fallback: 20_000 }).describe(
    "Longest wait for an ERP's answer, milliseconds, unless its tenant says otherwise; never longer than the mail's deadline.",
  ),
  PUSHER_MEMORY_BYTES: wholeNumber({ min: MAX_EXTRACTION_BYTES, max: 16 * 1024 * MIB, fallback: 64 * MIB }).describe(
    "Bytes of extractions this process may hold at once; above it, ingest asks another instance or waits.",
  ),
};

const ownSchema = z
  .object(ownShape)
  .superRefine(({ FLOWSTATE_LOCAL, ERP_WEBHOOK_URL, OTEL_EXPORTER_OTLP_ENDPOINT }, context) => {
    refuseInsecureUrls(FLOWSTATE_LOCAL, { ERP_WEBHOOK_URL, OTEL_EXPORTER_OTLP_ENDPOINT }, context);
  })
  .superRefine((config, context) => {
    const { ERP_WEBHOOK_URL: url, ERP_CLIENT_CERTIFICATE: certificate, ERP_CLIENT_KEY: key } = config;
    if (certificate !== undefined && key !== undefined && !keyFitsCertificate({ certificate, key })) {
      context.addIssue({ code: "custom", path: ["ERP_CLIENT_KEY"], message: NOT_ITS_KEY });
    }
    // Either may be as it was written, when it has problems of its own.
    const allowedNetworks = config.ERP_ALLOWED_NETWORKS ?? [];
    if (!(url instanceof URL) || !Array.isArray(allowedNetworks) || !allowedNetworks.every(isRead)) return;
    const message = hostProblem(url, { allowedNetworks, allowLoopback: config.FLOWSTATE_LOCAL });
    if (message !== undefined) context.addIssue({ code: "custom", path: ["ERP_WEBHOOK_URL"], message });
  })
  .superRefine((config, context) => {
    const { FLOWSTATE_LOCAL: allowLoopback, FLOWSTATE_TENANTS, ERP_WEBHOOK_URL, ERP_WEBHOOK_SECRET } = config;
    const { ERP_CA_CERTIFICATE, ERP_ALLOWED_NETWORKS, ERP_BEARER_TOKEN, ERP_CLIENT_CERTIFICATE, ERP_CLIENT_KEY } =
      config;
    const optional = {
      ERP_CA_CERTIFICATE,
      ERP_ALLOWED_NETWORKS,
      ERP_BEARER_TOKEN,
      ERP_CLIENT_CERTIFICATE,
      ERP_CLIENT_KEY,
    };
    refusePlainTenant(config, { needed: { ERP_WEBHOOK_URL, ERP_WEBHOOK_SECRET }, optional }, context);
    const refuse = (path: readonly string[], message: string) =>
      context.addIssue({ code: "custom", path: [...path], message });
    if (ERP_CLIENT_CERTIFICATE === undefined && ERP_CLIENT_KEY !== undefined) {
      refuse(["ERP_CLIENT_CERTIFICATE"], "is required beside ERP_CLIENT_KEY");
    }
    if (ERP_CLIENT_CERTIFICATE !== undefined && ERP_CLIENT_KEY === undefined) {
      refuse(["ERP_CLIENT_KEY"], "is required beside ERP_CLIENT_CERTIFICATE");
    }
    for (const { id, erp } of FLOWSTATE_TENANTS ?? []) {
      const problem = isSecureUrl(allowLoopback, erp.url)
        ? hostProblem(erp.url, { allowedNetworks: erp.allowed_networks, allowLoopback })
        : INSECURE_URL;
      if (problem !== undefined) refuse(["FLOWSTATE_TENANTS", id, "erp", "url"], `tenant ${id}: erp.url ${problem}`);
    }
  }, ALSO_WITH_PROBLEMS);

function isRead(network: unknown): boolean {
  return typeof network === "object" && network !== null && "family" in network;
}

const servingShape = {
  PUSHER_HOST: probeHost,
  PUSHER_PORT: port(8083).describe("Port that erp-pusher answers /livez and /readyz on; 0 lets the system choose."),
  ...documentsSettings,
};

const schema = ownSchema
  .safeExtend(servingShape)
  .superRefine((config, context) => refusePlainBroker(config, ["DOCUMENTS"], context), ALSO_WITH_PROBLEMS);

/** Of commands that know tenants' ERPs as this service does, and speak to no broker. */
export const erpPusherConfigWithoutBroker = { schema: ownSchema, variables: Object.keys(ownShape) };
export type ErpPusherOwnConfig = z.output<typeof ownSchema>;

export const erpPusherConfig = { schema, variables: Object.keys({ ...servingShape, ...ownShape }) };
export type ErpPusherConfig = z.output<typeof schema>;
