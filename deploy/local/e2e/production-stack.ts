import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { HARDENED_NODE_FLAGS } from "@flowstate/ghost";
import pg from "pg";
import { holders } from "../../certificates/holders.ts";
import { issueCertificates, readHolder } from "../../certificates/issue-certificates.ts";
import { readCompose, serviceOf } from "../../docker/testing/compose.ts";
import { environmentOnLoopback, postgresOfCompose, roleStatements } from "../../docker/testing/compose-on-loopback.ts";
import { environmentOf, readDockerfile } from "../../docker/testing/dockerfile.ts";
import { makeSecrets } from "../../secrets/make-secrets.ts";
import { type BalancerDouble, CHECK_INTERVAL_MS, startBalancer } from "../doubles/balancer.ts";
import { type ErpDouble, startErp } from "../doubles/erp.ts";
import { ROOT } from "../local-file.ts";
import { type NatsCluster, startNatsCluster } from "../servers/nats-cluster.ts";
import { startNodeServer } from "../servers/node-server.ts";
import { type DatabaseUrls, type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { removeNow, temporaryFolder } from "../servers/reaper.ts";
import type { Server } from "../servers/server-process.ts";
import type { ServiceName, StackSettings } from "../service-environment.ts";

const execute = promisify(execFile);

/**
 * The system as docker-compose.yml has it: its three brokers, its PostgreSQL with its roles, its secrets and certificates, its
 * provisioning, and the four services, each with exactly the environment and the command that it has there. Different are
 * addresses and paths, which are this machine's; STOP_DRAIN_MS, because the balancer double looks more often than others;
 * GHOST_STRICT, because the machine is not ours to harden; and that erp-pusher
 * is told FLOWSTATE_LOCAL, because the ERP double is on this machine, where production delivers to nobody.
 */
export interface ProductionStack extends AsyncDisposable {
  readonly settings: Pick<StackSettings, "apiKey" | "tenantAddress">;
  readonly cluster: NatsCluster;
  readonly database: DatabaseUrls;
  readonly erp: ErpDouble;
  /** The instances of each. */
  readonly services: Readonly<Record<ServiceName, readonly Server[]>>;
  /** What stands before the instances of ingest: where mails are posted. */
  readonly ingest: BalancerDouble;
  /** Runs a command of an operator as compose's container for that would; resolves with what it has printed. Rejects if it fails. */
  operate(...command: readonly string[]): Promise<string>;
  /** A folder of `npm run certs`. */
  readonly certificates: string;
  /** Whom callers of the services must trust, PEM. */
  readonly trusted: string;
}

/** How often the balancer looks while an instance drains: on a busy machine it is late. */
const CHECKS_IN_DRAIN = 8;
const COMMAND_LIMIT_MS = 60_000;
const TENANT = { TENANT_ID: "acme", TENANT_ADDRESS: "documents@acme.example" } as const;
/** Where compose's containers listen, and where that is not open to other machines, on any free port. */
const LISTENING = new Map([["0.0.0.0", "127.0.0.1"]]);
const PORT_VARIABLES = {
  ingest: "INGEST_PORT",
  extractor: "EXTRACTOR_PORT",
  "erp-pusher": "PUSHER_PORT",
  audit: "AUDIT_PORT",
} as const satisfies Record<ServiceName, string>;

/** Starts everything, with as many instances of each service as compose has. */
export async function startProductionStack(): Promise<ProductionStack> {
  await using starting = new AsyncDisposableStack();
  const folder = temporaryFolder(join(tmpdir(), "flowstate-production-"));
  starting.defer(() => removeNow(folder));
  const places = { certificates: join(folder, "certs"), secrets: join(folder, "secrets") };
  const { certificates } = places;
  await issueCertificates({ folder: certificates, holders: holders(), renewal: "due", now: new Date() });
  await makeSecrets(places.secrets);
  const secret = (name: string) => readFile(join(places.secrets, name), "utf8");
  const [cluster, postgres, erp] = await Promise.all([
    startNatsCluster(certificates),
    startPostgres({ deployment: postgresOfCompose(readCompose(), places) }),
    startErp({ secret: await secret("erp_webhook_secret"), tls: true }),
  ]);
  for (const part of [cluster, postgres, erp]) starting.use(part);
  const compose = readCompose({
    ...TENANT,
    GHOST_STRICT: "false",
    // Debug lines say which instance did what.
    LOG_LEVEL: "debug",
    STOP_DRAIN_MS: String(CHECK_INTERVAL_MS * CHECKS_IN_DRAIN),
    ERP_WEBHOOK_URL: erp.webhookUrl,
    ERP_CA_CERTIFICATE: erp.certificateAuthority ?? "",
  });
  const hosts = new Map(cluster.nodes.map(({ name, url }) => [`${name}:4222`, new URL(url).host]));
  const environmentFor = (name: string) => environmentOnLoopback(compose, name, { ...places, hosts });
  const run = async (name: string, command: readonly string[]) => {
    const options = { cwd: ROOT, env: environmentFor(name), timeout: COMMAND_LIMIT_MS };
    return (await execute(process.execPath, command, options)).stdout;
  };
  const [database] = await Promise.all([
    makeDatabase(postgres, places),
    run("provision", serviceOf(compose, "provision").command ?? []),
  ]);
  const [, image] = readDockerfile();
  if (image === undefined) throw new Error("the Dockerfile has no second stage");
  const startInstance = async (name: ServiceName, instance: number) => {
    const [program = ""] = serviceOf(compose, name).command ?? [];
    const environment = { ...environmentOf(image), ...environmentFor(name) };
    for (const [variable, value] of Object.entries(environment)) {
      environment[variable] = LISTENING.get(value) ?? value;
    }
    if (name === "erp-pusher") environment["FLOWSTATE_LOCAL"] = "true";
    const server = await startNodeServer({
      name,
      program,
      nodeFlags: HARDENED_NODE_FLAGS,
      // What listens is started again where it was, as behind a fixed address.
      environment: (port) => ({ ...environment, [PORT_VARIABLES[name]]: String(port ?? 0) }),
      logPath: join(folder, `${name}-${instance}.log`),
    });
    starting.defer(() => server.stop());
    return server;
  };
  const start = (name: ServiceName) => {
    const instances = serviceOf(compose, name).deploy?.replicas ?? 1;
    return Promise.all(Array.from({ length: instances }, (_, instance) => startInstance(name, instance + 1)));
  };
  const [ingest, extractor, erpPusher, audit] = await Promise.all([
    start("ingest"),
    start("extractor"),
    start("erp-pusher"),
    start("audit"),
  ]);
  const { trusted } = await readHolder(join(certificates, "servers/ingest"));
  const balancer = starting.use(
    await startBalancer(
      ingest.map(({ url }) => url ?? ""),
      { trusted },
    ),
  );
  const settings = { apiKey: await secret("api_secret"), tenantAddress: TENANT.TENANT_ADDRESS };
  const parts = starting.move();
  return {
    settings,
    cluster,
    database,
    erp,
    services: { ingest, extractor, "erp-pusher": erpPusher, audit },
    ingest: balancer,
    operate: (...command) => run("operator", command),
    certificates,
    trusted,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** Makes database and roles as compose's PostgreSQL does at its first start, and has the secrets name this one. */
async function makeDatabase(
  postgres: PostgresServer,
  { certificates, secrets }: { readonly certificates: string; readonly secrets: string },
): Promise<DatabaseUrls> {
  const here = async (name: string): Promise<URL> => {
    const path = join(secrets, name);
    const url = new URL(await readFile(path, "utf8"));
    url.host = `localhost:${new URL(postgres.url).port}`;
    url.searchParams.set("sslrootcert", join(certificates, "identities/audit/ca.crt"));
    await writeFile(path, url.href);
    return url;
  };
  const [owner, api] = await Promise.all([here("database_url"), here("database_api_url")]);
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  for (const statement of roleStatements({ owner: owner.password, api: api.password })) await client.query(statement);
  await client.end();
  return { url: owner.href, apiUrl: api.href };
}
