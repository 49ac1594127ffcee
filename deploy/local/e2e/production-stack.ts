import { tmpdir } from "node:os";
import { join } from "node:path";
import { HARDENED_ENVIRONMENT, HARDENED_NODE_FLAGS } from "@flowstate/ghost";
import { type Identity, provisionEvents } from "@flowstate/messaging";
import { holders } from "../../certificates/holders.ts";
import { issueCertificates, readHolder } from "../../certificates/issue-certificates.ts";
import { type BalancerDouble, startBalancer } from "../doubles/balancer.ts";
import { type ErpDouble, startErp } from "../doubles/erp.ts";
import { type NatsCluster, startNatsCluster } from "../servers/nats-cluster.ts";
import { startNodeServer } from "../servers/node-server.ts";
import { type DatabaseUrls, startPostgres } from "../servers/postgres.ts";
import { removeNow, temporaryFolder } from "../servers/reaper.ts";
import type { Server } from "../servers/server-process.ts";
import { type ServiceName, type StackSettings, stackSettings } from "../service-environment.ts";

/**
 * The four services as a deployment has them: a three-node broker, TLS with certificates of `npm run certs` on every
 * connection, in every process the production configuration. Only erp-pusher is told FLOWSTATE_LOCAL, because the ERP
 * double is on this machine, where production delivers to nobody.
 */
export interface ProductionStack extends AsyncDisposable {
  readonly settings: StackSettings;
  readonly cluster: NatsCluster;
  readonly database: DatabaseUrls;
  readonly erp: ErpDouble;
  /** The instances of each. */
  readonly services: Readonly<Record<ServiceName, readonly Server[]>>;
  /** What stands before the instances of ingest: where mails are posted. */
  readonly ingest: BalancerDouble;
  /** A folder of `npm run certs`. */
  readonly certificates: string;
  /** Whom callers of the services must trust, PEM. */
  readonly trusted: string;
}

/** Starts everything, with so many instances of each service. */
export async function startProductionStack({ instances }: { instances: number }): Promise<ProductionStack> {
  await using starting = new AsyncDisposableStack();
  const folder = temporaryFolder(join(tmpdir(), "flowstate-production-"));
  starting.defer(() => removeNow(folder));
  const certificates = join(folder, "certs");
  await issueCertificates({ folder: certificates, holders: holders(), renewal: "due", now: new Date() });
  const { trusted } = await readHolder(join(certificates, "servers/ingest"));
  const settings = stackSettings({});
  const [cluster, postgres, erp] = await Promise.all([
    startNatsCluster(certificates),
    startPostgres({ certificates: join(certificates, "servers/postgres") }),
    startErp({ secret: settings.erpWebhookSecret, tls: true }),
  ]);
  for (const part of [cluster, postgres, erp]) starting.use(part);
  const admin = await readHolder(join(certificates, "identities/admin"));
  const [database] = await Promise.all([
    postgres.createDatabase("flowstate"),
    provisionEvents({ url: cluster.url, tls: admin, replicas: cluster.nodes.length }),
  ]);
  const environmentOf = environmentsOf({ settings, certificates, cluster, database, erp });
  const startInstance = async (name: ServiceName, instance: number) => {
    const server = await startNodeServer({
      name,
      program: join("services", name, "main.ts"),
      nodeFlags: HARDENED_NODE_FLAGS,
      environment: (port) => ({ ...environmentOf[name], ...samePort(name, port) }),
      logPath: join(folder, `${name}-${instance}.log`),
    });
    starting.defer(() => server.stop());
    return server;
  };
  const start = (name: ServiceName) =>
    Promise.all(Array.from({ length: instances }, (_, instance) => startInstance(name, instance + 1)));
  const [ingest, extractor, erpPusher, audit] = await Promise.all([
    start("ingest"),
    start("extractor"),
    start("erp-pusher"),
    start("audit"),
  ]);
  const balancer = starting.use(await startBalancer(ingest.map(({ url }) => url ?? "")));
  const parts = starting.move();
  return {
    settings,
    cluster,
    database,
    erp,
    services: { ingest, extractor, "erp-pusher": erpPusher, audit },
    ingest: balancer,
    certificates,
    trusted,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** What listens is started again where it was, as behind a fixed address. */
function samePort(name: ServiceName, port: number | undefined): NodeJS.ProcessEnv {
  if (port === undefined) return {};
  return { [name === "ingest" ? "INGEST_PORT" : "AUDIT_PORT"]: String(port) };
}

type Surroundings = Pick<ProductionStack, "settings" | "certificates" | "cluster" | "database" | "erp">;

function environmentsOf({
  settings,
  certificates,
  cluster,
  database,
  erp,
}: Surroundings): Readonly<Record<ServiceName, NodeJS.ProcessEnv>> {
  const identity = (account: "DOCUMENTS" | "EVENTS", name: Identity): NodeJS.ProcessEnv => ({
    NATS_URL: cluster.url,
    NATS_CA_CERTIFICATE: `file:${join(certificates, "identities", name, "ca.crt")}`,
    [`NATS_${account}_CERTIFICATE`]: `file:${join(certificates, "identities", name, "tls.crt")}`,
    [`NATS_${account}_KEY`]: `file:${join(certificates, "identities", name, "tls.key")}`,
  });
  const listener = (name: "ingest" | "audit"): NodeJS.ProcessEnv => ({
    HTTP_CERTIFICATE: `file:${join(certificates, "servers", name, "tls.crt")}`,
    HTTP_KEY: `file:${join(certificates, "servers", name, "tls.key")}`,
  });
  const tenant = { TENANT_ID: settings.tenantId, API_SECRET: settings.apiKey };
  // Debug lines say which instance did what.
  const common = { ...HARDENED_ENVIRONMENT, LOG_LEVEL: "debug" };
  return {
    ingest: {
      ...common,
      ...identity("DOCUMENTS", "ingest-documents"),
      ...identity("EVENTS", "ingest-events"),
      ...listener("ingest"),
      ...tenant,
      INGEST_HOST: "127.0.0.1",
      INGEST_PORT: "0",
      TENANT_ADDRESS: settings.tenantAddress,
      DOCUMENT_ID_SECRET: settings.documentIdSecret,
    },
    extractor: { ...common, ...identity("DOCUMENTS", "extractor") },
    "erp-pusher": {
      ...common,
      ...identity("DOCUMENTS", "erp-pusher"),
      FLOWSTATE_LOCAL: "true",
      TENANT_ID: settings.tenantId,
      ERP_WEBHOOK_URL: erp.webhookUrl,
      ERP_WEBHOOK_SECRET: settings.erpWebhookSecret,
      ERP_CA_CERTIFICATE: erp.certificateAuthority,
    },
    audit: {
      ...common,
      ...identity("EVENTS", "audit"),
      ...listener("audit"),
      ...tenant,
      AUDIT_HOST: "127.0.0.1",
      AUDIT_PORT: "0",
      DATABASE_URL: database.url,
      DATABASE_API_URL: database.apiUrl,
      AUDIT_SIGNING_KEY: settings.auditSigningKey,
    },
  };
}
