import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HARDENED_NODE_FLAGS } from "@flowstate/ghost";
import { provisionEvents } from "@flowstate/messaging";
import { z } from "zod";
import { type ErpDelivery, type ErpDouble, startErp } from "../doubles/erp.ts";
import { type MailAnswer, type SendMailOptions, sendMail } from "../doubles/sendgrid.ts";
import { type NatsServer, startNatsServer } from "../servers/nats-server.ts";
import { startNodeServer } from "../servers/node-server.ts";
import type { DatabaseUrls } from "../servers/postgres.ts";
import { removeNow, temporaryFolder } from "../servers/reaper.ts";
import type { RunUnder, Server } from "../servers/server-process.ts";
import { type ServiceName, type StackSettings, serviceEnvironment, stackSettings } from "../service-environment.ts";

/**
 * The four services as processes of their own, hardened as anywhere, around a real broker and a real database, with the
 * ERP double in this process. What `npm start` runs, without its terminal, its supervision and its folder in the clone.
 */
export interface TestStack extends AsyncDisposable {
  readonly settings: StackSettings;
  readonly broker: NatsServer;
  readonly erp: ErpDouble;
  readonly services: Readonly<Record<ServiceName, Server>>;
  /** One more instance of a service. */
  addInstance(service: ServiceName): Promise<Server>;
  /** Mails documents to the tenant, as SendGrid would, once. */
  mail(mail: Partial<SendMailOptions> & Pick<SendMailOptions, "documents">): Promise<MailAnswer>;
  /** What the audit API knows of a document; undefined while it does not. */
  auditTrail(documentId: string): Promise<AuditTrail | undefined>;
  /** Where all services log. */
  readonly logFolder: string;
  /** Everything that all services have logged so far. */
  logs(): Promise<string>;
}

const trailSchema = z.object({
  document: z.looseObject({ document_id: z.string(), status: z.string() }),
  events: z.array(z.looseObject({ type: z.string(), data: z.record(z.string(), z.unknown()) })),
});
export type AuditTrail = z.infer<typeof trailSchema>;

const acceptedSchema = z.object({ documents: z.array(z.object({ document_id: z.string(), status: z.string() })) });

/** The id of the one document of an answer. Throws when there is not exactly one. */
export function documentIdOf(answer: MailAnswer): string {
  const [first, ...others] = acceptedSchema.parse(answer.body).documents;
  if (first === undefined || others.length > 0) throw new Error("the answer does not name exactly one document");
  return first.document_id;
}

/** Starts everything. */
export async function startTestStack(o: {
  readonly database: DatabaseUrls;
  /** What a user would set for `npm start`. */
  readonly environment?: NodeJS.ProcessEnv;
  /** How the processes of the services are started. Default: hardened, as everywhere. */
  readonly launch?: { readonly nodeFlags: readonly string[]; readonly environment: NodeJS.ProcessEnv };
  readonly runUnder?: RunUnder | undefined;
  /** Where the services and their packages are. Default: this clone. */
  readonly root?: string;
  /** Where extractions are delivered. Default: the ERP double's webhook. */
  readonly erpWebhookUrl?: string;
  /** What stands between the services and the broker at `url`: answers where they find it. Default: nothing. */
  readonly natsUrl?: (url: string) => Promise<string>;
  /** Holds the broker's store and log, and stays. Default: a temporary folder. */
  readonly brokerDirectory?: string | undefined;
  /** Default: any free port. */
  readonly erpPort?: number;
  /** Told of every delivery whose body the ERP double has read. */
  readonly onDelivery?: (delivery: ErpDelivery) => void;
}): Promise<TestStack> {
  await using starting = new AsyncDisposableStack();
  const folder = temporaryFolder(join(tmpdir(), "flowstate-e2e-"));
  starting.defer(() => removeNow(folder));
  const settings = stackSettings({});
  const broker = starting.use(
    await startNatsServer({
      runUnder: o.runUnder,
      ...(o.brokerDirectory !== undefined && { directory: o.brokerDirectory }),
    }),
  );
  await provisionEvents({ url: broker.url, password: broker.passwords.admin });
  const erp = starting.use(
    await startErp({
      secret: settings.erpWebhookSecret,
      ...(o.erpPort !== undefined && { port: o.erpPort }),
      ...(o.onDelivery !== undefined && { onDelivery: o.onDelivery }),
    }),
  );
  const surroundings = {
    settings,
    natsUrl: (await o.natsUrl?.(broker.url)) ?? broker.url,
    natsPasswords: broker.passwords,
    database: o.database,
    erpWebhookUrl: o.erpWebhookUrl ?? erp.webhookUrl,
  };
  const logPaths: string[] = [];
  const instances: Server[] = [];
  starting.defer(async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
  });
  const startInstance = async (name: ServiceName): Promise<Server> => {
    const logPath = join(folder, `${name}-${randomUUID()}.log`);
    logPaths.push(logPath);
    const server = await startNodeServer({
      name,
      program: join("services", name, "main.ts"),
      nodeFlags: o.launch?.nodeFlags ?? HARDENED_NODE_FLAGS,
      ...(o.root !== undefined && { root: o.root }),
      environment: (port) => ({
        ...serviceEnvironment(name, surroundings, { LOG_LEVEL: "debug", ...o.environment }, port),
        ...o.launch?.environment,
      }),
      logPath,
      runUnder: o.runUnder,
    });
    instances.push(server);
    return server;
  };
  const [ingest, extractor, erpPusher, audit] = await Promise.all([
    startInstance("ingest"),
    startInstance("extractor"),
    startInstance("erp-pusher"),
    startInstance("audit"),
  ]);
  const parts = starting.move();
  return {
    settings,
    broker,
    erp,
    services: { ingest, extractor, "erp-pusher": erpPusher, audit },
    addInstance: startInstance,
    mail: (mail) =>
      sendMail({
        url: ingest.url ?? "",
        apiKey: settings.apiKey,
        from: "billing@supplier.example",
        to: settings.tenantAddress,
        ...mail,
      }),
    async auditTrail(documentId) {
      const response = await fetch(new URL(`/api/documents/${documentId}`, audit.url), {
        headers: { "x-api-key": settings.apiKey },
      });
      return response.status === 200 ? trailSchema.parse(await response.json()) : undefined;
    },
    logFolder: folder,
    async logs() {
      return (await Promise.all(logPaths.map((path) => readFile(path, "utf8")))).join("");
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
