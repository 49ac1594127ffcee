import { generateKeyPairSync, randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ErpDouble, startErp } from "@flowstate/local/doubles/erp.ts";
import { type GeminiDouble, startGemini } from "@flowstate/local/doubles/gemini.ts";
import { type OtlpDouble, startOtlpCollector } from "@flowstate/local/doubles/otlp.ts";
import { type PostgresDeployment, type PostgresServer, startPostgres } from "@flowstate/local/servers/postgres.ts";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { type Identity, provisionEvents } from "@flowstate/messaging";
import { createLogger } from "@flowstate/runtime";
import pg from "pg";
import { migrate, readMigrations } from "../../../services/audit/database/migrate.ts";
import { CertificateAuthority } from "../../certificates/authority.ts";
import { holders } from "../../certificates/holders.ts";
import { issueCertificates, readHolder } from "../../certificates/issue-certificates.ts";
import type { PartName } from "../deployment.ts";
import { startTlsBroker, type TlsBroker } from "./tls-broker.ts";

const MIGRATIONS_FOLDER = join(import.meta.dirname, "../../../services/audit/migrations");
const HBA_FILE = join(import.meta.dirname, "../../postgres/pg_hba.conf");
const OWNER = "flowstate_owner";

const DAY_MS = 24 * 3_600_000;
/** Of the ERP's certificate: it is not about to end. */
const LONG_ENOUGH = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + 90 * DAY_MS) };

/** A deployment that nothing is wrong with but that its ERP and its model are on this machine. */
export interface HealthyDeployment extends AsyncDisposable {
  /** A folder of `npm run certs`. */
  readonly certificates: string;
  readonly broker: TlsBroker;
  readonly postgres: PostgresServer;
  readonly erp: ErpDouble;
  /** Whom its certificate is of, PEM. */
  readonly erpAuthority: string;
  readonly gemini: GeminiDouble;
  /** The database, as its superuser. */
  readonly superuserUrl: string;
  /** Fresh copies, to be changed. */
  environments(): Record<PartName, Record<string, string>>;
}

export async function startHealthyDeployment(): Promise<HealthyDeployment> {
  await using starting = new AsyncDisposableStack();
  const folder = temporaryFolder(join(tmpdir(), "flowstate-doctor-"));
  starting.defer(() => removeNow(folder));
  const certificates = join(folder, "certs");
  await issueCertificates({ folder: certificates, holders: holders(), renewal: "due", now: new Date() });
  const apiKey = secret();
  const erpAuthority = CertificateAuthority.create("authority of the ERP", LONG_ENOUGH);
  const erpCertificate = erpAuthority.issue({ name: "erp", hosts: ["127.0.0.1"], ends: ["server"], ...LONG_ENOUGH });
  const collectorCertificate = await readHolder(join(certificates, "servers/collector"));
  const [broker, postgres, erp, gemini, collector] = await Promise.all([
    startTlsBroker(certificates),
    startPostgres({ deployment: overTls(join(certificates, "servers/postgres")) }),
    startErp({ tls: erpCertificate }),
    startGemini({ apiKey }),
    startOtlpCollector({ tls: collectorCertificate }),
  ]);
  for (const part of [broker, postgres, erp, gemini, collector]) starting.use(part);
  const admin = await readHolder(join(certificates, "identities/admin"));
  const [database] = await Promise.all([
    makeDatabase(postgres),
    provisionEvents({ url: broker.url, tls: admin, replicas: 1 }),
  ]);
  const environments = environmentsOf({
    certificates,
    broker,
    erp,
    erpAuthority: erpAuthority.certificate,
    gemini,
    collector,
    apiKey,
    database,
  });
  const parts = starting.move();
  return {
    certificates,
    broker,
    postgres,
    erp,
    erpAuthority: erpAuthority.certificate,
    gemini,
    superuserUrl: database.superuserUrl,
    environments: () => structuredClone(environments),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

export function secret(): string {
  return randomBytes(32).toString("base64url");
}

/** Over TLS, and in plain text to nobody. */
function overTls(certificates: string): PostgresDeployment {
  return {
    certificates,
    files: [join(certificates, "tls.crt"), join(certificates, "tls.key"), HBA_FILE],
    args: (folder) => [
      `--hba_file=${join(folder, "pg_hba.conf")}`,
      "--ssl=on",
      `--ssl_cert_file=${join(folder, "tls.crt")}`,
      `--ssl_key_file=${join(folder, "tls.key")}`,
    ],
  };
}

interface Database {
  readonly superuserUrl: string;
  readonly url: string;
  readonly apiUrl: string;
}

/** Owned by a role that is nothing else, with audit's tables. */
async function makeDatabase(postgres: PostgresServer): Promise<Database> {
  const { url: superuserUrl, apiUrl } = await postgres.createDatabase("flowstate");
  const password = secret();
  await asSuperuser(
    superuserUrl,
    `CREATE ROLE ${OWNER} LOGIN PASSWORD '${password}'; ALTER DATABASE flowstate OWNER TO ${OWNER};
     ALTER SCHEMA public OWNER TO ${OWNER}`,
  );
  const url = new URL(superuserUrl);
  [url.username, url.password] = [OWNER, password];
  await migrate(url.href, await readMigrations(MIGRATIONS_FOLDER), createLogger("doctor", "error"));
  return { superuserUrl, url: url.href, apiUrl };
}

export async function asSuperuser(url: string, statements: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statements);
  } finally {
    await client.end();
  }
}

interface Parts extends Pick<HealthyDeployment, "certificates" | "broker" | "erp" | "erpAuthority" | "gemini"> {
  readonly collector: OtlpDouble;
  readonly apiKey: string;
  readonly database: Database;
}

function environmentsOf(parts: Parts): Record<PartName, Record<string, string>> {
  const { certificates, broker, erp, erpAuthority, gemini, collector, apiKey, database } = parts;
  const identity = (account: "DOCUMENTS" | "EVENTS" | "ADMIN", name: Identity) => {
    const file = (of: string) => `file:${join(certificates, "identities", name, of)}`;
    return {
      NATS_URL: broker.url,
      NATS_CA_CERTIFICATE: file("ca.crt"),
      [`NATS_${account}_CERTIFICATE`]: file("tls.crt"),
      [`NATS_${account}_KEY`]: file("tls.key"),
    };
  };
  const listener = (name: "ingest" | "audit") => ({
    HTTP_CERTIFICATE: `file:${join(certificates, "servers", name, "tls.crt")}`,
    HTTP_KEY: `file:${join(certificates, "servers", name, "tls.key")}`,
  });
  const everyService = {
    GHOST_STRICT: "true",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_CERTIFICATE: join(certificates, "servers/collector/ca.crt"),
  };
  const tenant = { TENANT_ID: "acme", API_SECRET: secret() };
  return {
    ingest: {
      ...everyService,
      ...identity("DOCUMENTS", "ingest-documents"),
      ...identity("EVENTS", "ingest-events"),
      ...listener("ingest"),
      ...tenant,
      TENANT_ADDRESS: "documents@acme.example",
      DOCUMENT_ID_SECRET: secret(),
    },
    extractor: {
      ...everyService,
      ...identity("DOCUMENTS", "extractor"),
      FLOWSTATE_LOCAL: "true",
      GEMINI_API_KEY: apiKey,
      GEMINI_BASE_URL: gemini.url,
    },
    "erp-pusher": {
      ...everyService,
      ...identity("DOCUMENTS", "erp-pusher"),
      FLOWSTATE_LOCAL: "true",
      TENANT_ID: tenant.TENANT_ID,
      ERP_WEBHOOK_URL: erp.webhookUrl,
      ERP_WEBHOOK_SECRET: erp.secret,
      ERP_CA_CERTIFICATE: erpAuthority,
    },
    audit: {
      ...everyService,
      ...identity("EVENTS", "audit"),
      ...listener("audit"),
      ...tenant,
      DATABASE_URL: database.url,
      DATABASE_API_URL: database.apiUrl,
      AUDIT_SIGNING_KEY: generateKeyPairSync("ed25519")
        .privateKey.export({ format: "der", type: "pkcs8" })
        .toString("base64"),
    },
    broker: { ...identity("ADMIN", "admin"), NATS_REPLICAS: "1" },
  };
}
