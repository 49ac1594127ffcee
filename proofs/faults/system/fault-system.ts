import { chmod, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HARDENED_ENVIRONMENT, HARDENED_NODE_FLAGS } from "@flowstate/ghost";
import { startGemini } from "@flowstate/local/doubles/gemini.ts";
import { type OtlpDouble, startOtlpCollector } from "@flowstate/local/doubles/otlp.ts";
import { type SlackDouble, startSlack } from "@flowstate/local/doubles/slack.ts";
import { startTestStack, type TestStack } from "@flowstate/local/e2e/test-stack.ts";
import { freePort } from "@flowstate/local/servers/free-port.ts";
import { type DatabaseUrls, startPostgres } from "@flowstate/local/servers/postgres.ts";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import type { Server } from "@flowstate/local/servers/server-process.ts";
import { Readings } from "../../crash/system/readings.ts";
import { ErpLedger } from "../../crash/truth/erp-ledger.ts";
import type { Disturbance } from "../disturb/disturbance.ts";
import { JetStreamRequests } from "../disturb/jetstream-requests.ts";
import { Link } from "../disturb/link.ts";
import { OrderedFaults } from "../disturb/ordered-faults.ts";
import { ORDERS_VARIABLE } from "../disturb/orders.ts";
import { SmallDisk } from "../disturb/small-disk.ts";
import type { Dependency } from "../table/cell.ts";
import { hasOwnMounts } from "./own-mounts.ts";

const GEMINI_API_KEY = "faults-gemini-key-0123456789";
/** Of a mail: enough for several attempts at whatever hangs, and soon over. */
const MAIL_DEADLINE_MS = 8_000;
const DAY_MS = 24 * 3_600_000;
/** A mail asks the broker some twenty times. */
const SLOW_BROKER_MS = 60;
const BROKER_DISK_MIB = 24;
/** A new PostgreSQL has some 40 MiB, and its log of writes as much again. */
const POSTGRES_DISK_MIB = 160;
/** A name, so that it has to be looked up. Services of this machine's stack may talk to no other in plain text. */
const HOST = "localhost";

/** The whole system, with something between it and everything that it depends on. */
export interface FaultSystem extends AsyncDisposable {
  readonly stack: TestStack;
  readonly databaseUrl: string;
  readonly erpLedger: ErpLedger;
  /** What the model reads. */
  readonly readings: Readings;
  readonly slack: SlackDouble;
  /** Undefined unless it is one of the dependencies in question. */
  readonly otlp: OtlpDouble | undefined;
  /** What fails on demand; undefined where this machine cannot have it fail. */
  readonly disturbances: Readonly<Record<Dependency, Disturbance | undefined>>;
}

export interface FaultSystemOptions {
  /** Of a PostgreSQL that somebody else started. Absent: one of its own, on a disk of its own where that can be had. */
  readonly database?: DatabaseUrls;
  /** Whether the services export to a collector. */
  readonly telemetry: boolean;
}

/** Starts everything. */
export async function startFaultSystem(options: FaultSystemOptions): Promise<FaultSystem> {
  await using starting = new AsyncDisposableStack();
  const folder = temporaryFolder(join(tmpdir(), "flowstate-faults-"));
  starting.defer(() => removeNow(folder));
  // PostgreSQL's user passes through.
  await chmod(folder, 0o711);
  const link = async (url: string): Promise<{ link: Link; url: string }> => {
    const through = starting.use(await Link.to(Number(new URL(url).port)));
    return { link: through, url: elsewhere(url, through.port) };
  };
  const disk = async (name: string, mebibytes: number) => {
    const path = join(folder, name);
    await mkdir(path);
    return hasOwnMounts() ? starting.use(await SmallDisk.mount(path, mebibytes)) : undefined;
  };

  const readings = new Readings();
  const erpLedger = new ErpLedger();
  const slack = starting.use(await startSlack());
  const otlp = options.telemetry ? starting.use(await startOtlpCollector()) : undefined;
  const gemini = starting.use(
    await startGemini({ apiKey: GEMINI_API_KEY, answer: ({ sha256 }) => readings.answer(sha256) }),
  );
  const brokerDisk = await disk("broker", BROKER_DISK_MIB);
  const postgresDisk = await disk("postgres", POSTGRES_DISK_MIB);
  const postgres =
    options.database === undefined
      ? starting.use(
          await startPostgres(postgresDisk === undefined ? {} : { directory: join(postgresDisk.folder, "server") }),
        )
      : undefined;
  const database = options.database ?? (await postgres?.createDatabase("flowstate"));
  if (database === undefined) throw new Error("there is neither a database nor a server to make one");

  const toDatabase = await link(database.url);
  const toGemini = await link(gemini.url);
  const toSlack = await link(slack.url.href);
  const toOtlp = otlp === undefined ? undefined : await link(otlp.url);
  const erpPort = await freePort();
  const toErp = await link(`http://127.0.0.1:${erpPort}/webhooks/flowstate`);
  const jetstream = new JetStreamRequests();
  let toBroker: Link | undefined;
  const orders = join(folder, "orders.json");
  const ordered = new OrderedFaults(orders);
  const stack = starting.use(
    await startTestStack({
      database: { url: toDatabase.url, apiUrl: elsewhere(database.apiUrl, toDatabase.link.port) },
      environment: {
        MAIL_DEADLINE_MS: String(MAIL_DEADLINE_MS),
        GEMINI_API_KEY,
        GEMINI_BASE_URL: toGemini.url,
        SLACK_WEBHOOK_URL: toSlack.url,
        OTEL_EXPORTER_OTLP_ENDPOINT: toOtlp?.url,
      },
      launch: {
        nodeFlags: [
          ...HARDENED_NODE_FLAGS,
          `--import=${fileURLToPath(new URL("../disturb/obey-orders.ts", import.meta.url))}`,
        ],
        environment: { ...HARDENED_ENVIRONMENT, [ORDERS_VARIABLE]: orders },
      },
      brokerDirectory: brokerDisk?.folder,
      async natsUrl(url) {
        toBroker = starting.use(
          await Link.to(Number(new URL(url).port), { slowMs: SLOW_BROKER_MS, watch: jetstream.watch }),
        );
        return elsewhere(url, toBroker.port);
      },
      erpPort,
      erpWebhookUrl: toErp.url,
      onDelivery: (delivery) => erpLedger.note(delivery),
    }),
  );
  const links = [toDatabase.link, toGemini.link, toErp.link, ...(toBroker === undefined ? [] : [toBroker])];
  const parts = starting.move();
  return {
    stack,
    databaseUrl: database.url,
    erpLedger,
    readings,
    slack,
    otlp,
    disturbances: {
      nats: toBroker,
      jetstream,
      postgres: toDatabase.link,
      gemini: toGemini.link,
      erp: toErp.link,
      slack: toSlack.link,
      otlp: toOtlp?.link,
      // JetStream stays off after ENOSPC, until somebody starts the broker again.
      nats_disk: brokerDisk && withRoomAgain(brokerDisk, () => stack.broker.restart()),
      postgres_disk: postgresDisk && withRoomAgain(postgresDisk, () => restartIfEnded(postgres)),
      clock_ahead: ordered.clock(DAY_MS),
      clock_behind: ordered.clock(-DAY_MS),
      dns: ordered.names(() => {
        for (const each of links) each.cut();
      }),
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** The same, behind a link. */
function elsewhere(url: string, port: number): string {
  const behind = new URL(url);
  behind.hostname = HOST;
  behind.port = String(port);
  return behind.href.replace(/\/$/, "");
}

/** A disk, and what is done for its server once there is room again. */
function withRoomAgain(disk: SmallDisk, mend: () => Promise<void>): Disturbance {
  return {
    begin: () => disk.begin(),
    async end() {
      await disk.end();
      await mend();
    },
  };
}

/** A server that cannot go on with a full disk ends, and whoever supervises it starts it again. */
async function restartIfEnded(server: Server | undefined): Promise<void> {
  const hasEnded = await Promise.race([
    server?.exited.then(() => true),
    new Promise<false>((resolve) => setImmediate(() => resolve(false))),
  ]);
  if (hasEnded === true) await server?.restart();
}
