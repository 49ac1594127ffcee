import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { HARDENED_ENVIRONMENT } from "@flowstate/ghost";
import type { Passwords } from "@flowstate/messaging";
import { retentionSettings } from "@flowstate/runtime";
import type { DatabaseUrls } from "./servers/postgres.ts";

/** Enough for every secret, as the schemas of the services ask. */
const SECRET_BYTES = 32;
/** Standard Webhooks asks for 24 to 64. */
const WEBHOOK_SECRET_BYTES = 32;

/** What one run of the stack chose or was given. */
export interface StackSettings {
  readonly apiKey: string;
  /** The operator's, of no tenant. */
  readonly adminKey: string;
  readonly tenantId: string;
  readonly tenantAddress: string;
  readonly documentIdSecret: string;
  readonly erpWebhookSecret: string;
  /** What the record of events is signed with: an ed25519 private key, base64 of PKCS #8 DER. */
  readonly auditSigningKey: string;
}

/** What the user set stays; every other secret is random and lives as long as the run. An empty value counts as absent. */
export function stackSettings(given: NodeJS.ProcessEnv): StackSettings {
  const secret = () => randomBytes(SECRET_BYTES).toString("base64url");
  const of = (name: string) => (given[name] === "" ? undefined : given[name]);
  return {
    apiKey: of("API_SECRET") ?? secret(),
    adminKey: secret(),
    tenantId: of("TENANT_ID") ?? "demo",
    tenantAddress: of("TENANT_ADDRESS") ?? "documents@demo.example",
    documentIdSecret: of("DOCUMENT_ID_SECRET") ?? secret(),
    erpWebhookSecret: of("ERP_WEBHOOK_SECRET") ?? `whsec_${randomBytes(WEBHOOK_SECRET_BYTES).toString("base64")}`,
    auditSigningKey: of("AUDIT_SIGNING_KEY") ?? newSigningKey(),
  };
}

function newSigningKey(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" }).toString("base64");
}

export const SERVICE_NAMES = ["ingest", "extractor", "erp-pusher", "audit"] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** Nothing balances the load of one instance. */
const NO_DRAIN = "0";

/** Where the other parts of this run are. */
export interface Surroundings {
  readonly settings: StackSettings;
  readonly natsUrl: string;
  readonly natsPasswords: Passwords;
  readonly database: DatabaseUrls;
  readonly erpWebhookUrl: string;
}

/** What the user may set for each service, beyond what the stack decides. */
const HONOURED: Readonly<Record<ServiceName, readonly string[]>> = {
  ingest: [
    "SENDGRID_INBOUND_OPEN",
    "SENDGRID_WEBHOOK_PUBLIC_KEY",
    "SENDGRID_SIGNATURE_MAX_AGE_S",
    "FLOWSTATE_TENANTS",
    "MAX_UPLOAD_BYTES",
    "MAX_MAIL_BYTES",
    "MAX_MAIL_DOCUMENTS",
    "MAX_MAIL_PARTS",
    "MAX_MAIL_FIELDS",
    "MAX_MAIL_DEPTH",
    "MAX_PART_HEADER_BYTES",
    "MAX_FILENAME_BYTES",
    "INGEST_MEMORY_BYTES",
    "HEADERS_TIMEOUT_MS",
    "BODY_TIMEOUT_MS",
    "MIN_BYTES_PER_SECOND",
    "MAX_CONNECTIONS_PER_ADDRESS",
    "API_REQUESTS_PER_MINUTE",
    "MAIL_DEADLINE_MS",
    "STOP_GRACE_MS",
    "ADMIN_API_KEYS",
  ],
  extractor: [
    "GEMINI_API_KEY",
    "GEMINI_BASE_URL",
    "GEMINI_MODEL",
    "GEMINI_CONCURRENCY",
    "EXTRACTION_POLICY",
    "FLOWSTATE_TENANTS",
    "MAX_UPLOAD_BYTES",
    "EXTRACTOR_MEMORY_BYTES",
  ],
  "erp-pusher": ["FLOWSTATE_TENANTS", "ERP_TIMEOUT_MS", "PUSHER_MEMORY_BYTES"],
  audit: [
    "FLOWSTATE_TENANTS",
    "TRACE_URL_TEMPLATE",
    "SLACK_WEBHOOK_URL",
    "AUDIT_PUBLIC_URL",
    ...Object.keys(retentionSettings),
  ],
};

/** For every process: logging, tracing, whether it must be hardened, and the certificates of a private authority that its outgoing calls may meet. */
const HONOURED_BY_ALL = [
  "LOG_LEVEL",
  "GHOST_STRICT",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_LOGS_EXPORTER",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
];

/**
 * The whole environment of one service: what it needs and nothing of what the shell holds besides. `port` is the one it
 * listened on before, if this is a restart.
 */
export function serviceEnvironment(
  service: ServiceName,
  { settings, natsUrl, natsPasswords, database, erpWebhookUrl }: Surroundings,
  given: NodeJS.ProcessEnv,
  port: number | undefined,
): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { FLOWSTATE_LOCAL: "true", NATS_URL: natsUrl, ...HARDENED_ENVIRONMENT };
  for (const name of [...HONOURED_BY_ALL, ...HONOURED[service]]) {
    const value = given[name];
    if (value !== undefined && value !== "") environment[name] = value;
  }
  const portOf = (name: "INGEST_PORT" | "EXTRACTOR_PORT" | "PUSHER_PORT" | "AUDIT_PORT") =>
    String(port ?? (given[name] === "" ? undefined : given[name]) ?? 0);
  switch (service) {
    case "ingest":
      return {
        ...environment,
        INGEST_HOST: "127.0.0.1",
        INGEST_PORT: portOf("INGEST_PORT"),
        STOP_DRAIN_MS: NO_DRAIN,
        API_SECRET: settings.apiKey,
        TENANT_ID: settings.tenantId,
        TENANT_ADDRESS: settings.tenantAddress,
        DOCUMENT_ID_SECRET: settings.documentIdSecret,
        NATS_DOCUMENTS_PASSWORD: natsPasswords["ingest-documents"],
        NATS_EVENTS_PASSWORD: natsPasswords["ingest-events"],
      };
    case "extractor":
      return {
        ...environment,
        EXTRACTOR_HOST: "127.0.0.1",
        EXTRACTOR_PORT: portOf("EXTRACTOR_PORT"),
        NATS_DOCUMENTS_PASSWORD: natsPasswords.extractor,
      };
    case "erp-pusher":
      return {
        ...environment,
        PUSHER_HOST: "127.0.0.1",
        PUSHER_PORT: portOf("PUSHER_PORT"),
        TENANT_ID: settings.tenantId,
        ERP_WEBHOOK_URL: erpWebhookUrl,
        ERP_WEBHOOK_SECRET: settings.erpWebhookSecret,
        NATS_DOCUMENTS_PASSWORD: natsPasswords["erp-pusher"],
      };
    case "audit":
      return {
        ...environment,
        AUDIT_HOST: "127.0.0.1",
        AUDIT_PORT: portOf("AUDIT_PORT"),
        STOP_DRAIN_MS: NO_DRAIN,
        DATABASE_URL: database.url,
        DATABASE_API_URL: database.apiUrl,
        AUDIT_SIGNING_KEY: settings.auditSigningKey,
        API_SECRET: settings.apiKey,
        TENANT_ID: settings.tenantId,
        ADMIN_API_KEYS: createHash("sha256").update(settings.adminKey).digest("hex"),
        NATS_EVENTS_PASSWORD: natsPasswords.audit,
      };
    default:
      return service satisfies never;
  }
}
