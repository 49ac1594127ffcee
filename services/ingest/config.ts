import { documentsSettings, eventsSettings, refusePlainBroker } from "@flowstate/messaging";
import {
  ALSO_WITH_PROBLEMS,
  adminKeysSetting,
  apiSecretSetting,
  drainSettings,
  flag,
  httpSettings,
  port,
  refuseInsecureUrls,
  refusePlainHttp,
  refusePlainTenant,
  secret,
  serviceSettings,
  telemetrySettings,
  tenantAddress,
  tenantIdSetting,
  tenantSchema,
  tenantsSetting,
  UNLESS_TENANTS,
  wholeNumber,
} from "@flowstate/runtime";
import { z } from "zod";
import { parsePublicKey } from "./receive/verify-signature.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const HOUR_S = 3_600;
const DOCUMENT_ID_SECRET_MIN_LENGTH = 32;
/** The ledger knows a document for seven days: an older signed request that is sent again would be a new document. */
const SIGNATURE_MAX_AGE_MAX_S = 7 * 24 * HOUR_S;
/** Each hashes the body once more. Two are enough to rotate. */
const MAX_PUBLIC_KEYS = 4;

/** A mail, and what is taken out of it or copied for another tenant while it is still there. */
const MEMORY_FACTOR = 3;

/** What one mail may consist of. */
const mailLimits = {
  MAX_UPLOAD_BYTES: wholeNumber({ min: 1024, max: 50 * MIB, fallback: 20 * MIB }).describe(
    "Largest PDF accepted, bytes. The extractor must accept as much.",
  ),
  MAX_MAIL_BYTES: wholeNumber({ min: MIB, max: 512 * MIB, fallback: 64 * MIB }).describe(
    "Largest mail accepted, bytes, with everything in it.",
  ),
  MAX_MAIL_DOCUMENTS: wholeNumber({ min: 1, max: 10_000, fallback: 200 }).describe(
    "Most documents in one mail, refused attachments included.",
  ),
  MAX_MAIL_PARTS: wholeNumber({ min: 30, max: 10_000, fallback: 1_000 }).describe(
    "Most parts of one mail: of what SendGrid posts, and of a MIME message inside it.",
  ),
  MAX_MAIL_FIELDS: wholeNumber({ min: 30, max: 10_000, fallback: 250 }).describe(
    "Most parts without a file name of what SendGrid posts; it posts about 20, and attachments may have no name.",
  ),
  MAX_PART_HEADER_BYTES: wholeNumber({ min: KIB, max: MIB, fallback: 16 * KIB }).describe(
    "Largest header block of a part of what SendGrid posts, bytes.",
  ),
  MAX_FILENAME_BYTES: wholeNumber({ min: 255, max: 16 * KIB, fallback: KIB }).describe(
    "Longest file name of an attachment, bytes. Names are not kept.",
  ),
  MAX_MAIL_DEPTH: wholeNumber({ min: 2, max: 64, fallback: 16 }).describe(
    "Deepest nesting of multiparts and forwarded messages. Each forward adds two levels.",
  ),
} as const;

/** What requests may cost this process together. */
const processLimits = {
  INGEST_MEMORY_BYTES: wholeNumber({ min: MIB, max: 64 * 1024 * MIB, fallback: 512 * MIB }).describe(
    "Bytes of mails and their extractions that this process may hold at once; more is answered 503.",
  ),
  HEADERS_TIMEOUT_MS: wholeNumber({ min: 1_000, max: 120_000, fallback: 15_000 }).describe(
    "Time for the headers of a request to arrive, milliseconds.",
  ),
  BODY_TIMEOUT_MS: wholeNumber({ min: 5_000, max: 3_600_000, fallback: 300_000 }).describe(
    "Time for a whole request to arrive, milliseconds. The sender's own timeout is not documented.",
  ),
  MIN_BYTES_PER_SECOND: wholeNumber({ min: 0, max: 10 * MIB, fallback: KIB }).describe(
    "Slowest rate at which a body may arrive; a slower one is answered 503. 0 for any.",
  ),
  MAX_CONNECTIONS_PER_ADDRESS: wholeNumber({ min: 1, max: 4_096, fallback: 2_048 }).describe(
    "Most connections at once from one address; more are answered 503. Behind a proxy, its address is all senders'.",
  ),
  API_REQUESTS_PER_MINUTE: wholeNumber({ min: 1, max: 1_000_000, fallback: 600 }).describe(
    "Uploads that a tenant may begin in a minute, at each instance; more are answered 429. Never applied to the webhook.",
  ),
  MAIL_DEADLINE_MS: wholeNumber({ min: 1_000, max: 600_000, fallback: 90_000 }).describe(
    "Time from the last byte of a mail to its answer, milliseconds.",
  ),
  ...drainSettings,
  STOP_GRACE_MS: wholeNumber({ min: 0, max: 20_000, fallback: 15_000 }).describe(
    "How long mails under way may still take once the process is asked to stop, milliseconds; the rest are answered 503.",
  ),
} as const;

const shape = {
  ...serviceSettings,
  ...telemetrySettings,
  ...documentsSettings,
  ...eventsSettings,
  INGEST_HOST: z.string().min(1).default("0.0.0.0").describe("Address that ingest listens on."),
  INGEST_PORT: port(8080).describe("Port that ingest listens on; 0 lets the system choose."),
  ...httpSettings,
  API_SECRET: apiSecretSetting,
  ADMIN_API_KEYS: adminKeysSetting,
  SENDGRID_INBOUND_OPEN: flag(false).describe("Accept /webhooks/sendgrid without X-API-Key. Nothing else is opened."),
  SENDGRID_WEBHOOK_PUBLIC_KEY: z
    .string()
    .transform((list, context) => {
      const keys = list
        .split(/[\s,]+/)
        .filter((key) => key !== "")
        .map(parsePublicKey);
      const usable = keys.filter((key) => key !== undefined);
      if (usable.length > 0 && usable.length === keys.length && keys.length <= MAX_PUBLIC_KEYS) return usable;
      const message = `must be 1 to ${MAX_PUBLIC_KEYS} P-256 public keys, base64 of DER, separated by spaces or commas`;
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    })
    .optional()
    .describe(
      "SendGrid's public key, as its security policy shows it: then every mail must be signed. While rotating, the new and " +
        "the old one.",
    ),
  SENDGRID_SIGNATURE_MAX_AGE_S: wholeNumber({ min: 60, max: SIGNATURE_MAX_AGE_MAX_S, fallback: 96 * HOUR_S }).describe(
    "Oldest signature accepted, seconds. SendGrid sends again for 72 hours, and does not say whether it signs afresh.",
  ),
  TENANT_ID: tenantIdSetting,
  TENANT_ADDRESS: z
    .string()
    .transform((list) => list.split(",").map((address) => address.trim()))
    .pipe(z.array(tenantAddress).min(1))
    .optional()
    .meta(UNLESS_TENANTS)
    .describe("The tenant's e-mail addresses, or @domain, separated by commas: mail to them is theirs."),
  FLOWSTATE_TENANTS: tenantsSetting(tenantSchema.required({ addresses: true })),
  DOCUMENT_ID_SECRET: secret(DOCUMENT_ID_SECRET_MIN_LENGTH).describe(
    "Makes document ids unguessable. The same on every instance; changing it makes redelivered documents new ones.",
  ),
  ...mailLimits,
  ...processLimits,
};

const schema = z
  .object(shape)
  .superRefine((config, context) => {
    const { FLOWSTATE_LOCAL, OTEL_EXPORTER_OTLP_ENDPOINT, INGEST_MEMORY_BYTES, MAX_MAIL_BYTES } = config;
    refuseInsecureUrls(FLOWSTATE_LOCAL, { OTEL_EXPORTER_OTLP_ENDPOINT }, context);
    const refuse = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
    if (INGEST_MEMORY_BYTES < MAX_MAIL_BYTES * MEMORY_FACTOR) {
      refuse(
        "INGEST_MEMORY_BYTES",
        `must be at least ${MEMORY_FACTOR} times MAX_MAIL_BYTES, or a large mail never fits`,
      );
    }
    if (config.MAX_UPLOAD_BYTES > MAX_MAIL_BYTES) refuse("MAX_UPLOAD_BYTES", "must be at most MAX_MAIL_BYTES");
    if (config.HEADERS_TIMEOUT_MS > config.BODY_TIMEOUT_MS) {
      refuse("HEADERS_TIMEOUT_MS", "must be at most BODY_TIMEOUT_MS");
    }
  })
  .superRefine((config, context) => {
    const { API_SECRET, TENANT_ADDRESS } = config;
    refusePlainTenant(config, { needed: { API_SECRET, TENANT_ADDRESS } }, context);
    refusePlainBroker(config, ["DOCUMENTS", "EVENTS"], context);
    refusePlainHttp(config, context);
    const submitting = config.FLOWSTATE_TENANTS?.some(({ api_keys }) =>
      api_keys.some(({ scopes }) => scopes.has("submit")),
    );
    const keyed = API_SECRET !== undefined || submitting;
    if (keyed === false && config.SENDGRID_INBOUND_OPEN === false) {
      const message = "must be true when no tenant has a key that submits, or every mail would be refused";
      context.addIssue({ code: "custom", path: ["SENDGRID_INBOUND_OPEN"], message });
    }
  }, ALSO_WITH_PROBLEMS);

export const ingestConfig = { schema, variables: Object.keys(shape) };
export type IngestConfig = z.output<typeof schema>;
