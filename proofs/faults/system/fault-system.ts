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
import type { NatsServer } from "@flowstate/local/servers/nats-server.ts";
import { type DatabaseUrls, startPostgres } from "@flowstate/local/servers/postgres.ts";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import type { Server } from "@flowstate/local/servers/server-process.ts";
import { Readings } from "../../crash/system/readings.ts";
import { ErpLedger } from "../../crash/truth/erp-ledger.ts";
import type { Disturbance } from "../disturb/disturbance.ts";
import { Encounters } from "../disturb/encounters.ts";
import { JetStreamRequests } from "../disturb/jetstream-requests.ts";
import { Link } from "../disturb/link.ts";
import { OrderedFaults } from "../disturb/ordered-faults.ts";
import { ENCOUNTERS_VARIABLE, ORDERS_VARIABLE, refusedAt } from "../disturb/orders.ts";
import { SmallDisk, type SmallDiskOptions } from "../disturb/small-disk.ts";
import { answersForJetStream } from "../observe/jetstream-answers.ts";
import { SignedTimes } from "../observe/signed-times.ts";
import type { Dependency } from "../table/cell.ts";
import { MAIL_DEADLINE_MS } from "../table/conditions.ts";
import { hasOwnMounts } from "./own-mounts.ts";

const GEMINI_API_KEY = "faults-gemini-key-0123456789";
const DAY_MS = 24 * 3_600_000;
/** In each direction: a mail that waits for the broker several times, one after the other, is well within its deadline. */
const SLOW_BROKER_MS = 60;
/** Some mails are still taken, and what is acknowledged of them is what a full disk could lose. */
const BROKER_DISK: SmallDiskOptions = { mebibytes: 24, roomBytes: 32 * 1024 };
/** A new PostgreSQL has some 40 MiB, and its log of writes as much again. */
const POSTGRES_DISK: SmallDiskOptions = { mebibytes: 160, roomBytes: 0 };
/** How audit's lines name PostgreSQL's `disk_full` (its Appendix A). */
const DISK_FULL = '"error_code":"53100"';
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
  /** Logs of the servers that were started here. */
  readonly serverLogs: readonly string[];
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
    const way = starting.use(await Link.to(Number(new URL(url).port)));
    return { link: way, url: elsewhere(url, way.port) };
  };
  const disk = async (name: string, options: SmallDiskOptions) => {
    if (!hasOwnMounts()) return undefined;
    const path = join(folder, name);
    await mkdir(path);
    return starting.use(await SmallDisk.mount(path, options));
  };

  const readings = new Readings();
  const erpLedger = new ErpLedger();
  const slack = starting.use(await startSlack());
  const otlp = options.telemetry ? starting.use(await startOtlpCollector()) : undefined;
  const gemini = starting.use(
    await startGemini({ apiKey: GEMINI_API_KEY, answer: ({ sha256 }) => readings.answer(sha256) }),
  );
  const brokerDisk = await disk("broker", BROKER_DISK);
  const postgresDisk = await disk("postgres", POSTGRES_DISK);
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
  const encountersFile = join(folder, "encounters");
  const encounters = new Encounters(encountersFile);
  const signedTimes = new SignedTimes();
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
        environment: {
          ...HARDENED_ENVIRONMENT,
          [ORDERS_VARIABLE]: orders,
          [ENCOUNTERS_VARIABLE]: encountersFile,
        },
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
      onDelivery(delivery) {
        erpLedger.note(delivery);
        signedTimes.note(delivery);
      },
    }),
  );
  const through = (passed: Link | undefined) => passed && withRefusals(passed, encounters);
  const links = [toDatabase.link, toGemini.link, toErp.link, ...(toBroker === undefined ? [] : [toBroker])];
  const parts = starting.move();
  return {
    stack,
    databaseUrl: database.url,
    erpLedger,
    readings,
    slack,
    otlp,
    serverLogs: [stack.broker.logPath, ...(postgres === undefined ? [] : [postgres.logPath])],
    disturbances: {
      nats: through(toBroker),
      jetstream,
      postgres: through(toDatabase.link),
      gemini: through(toGemini.link),
      erp: through(toErp.link),
      slack: through(toSlack.link),
      otlp: through(toOtlp?.link),
      nats_disk: brokerDisk && brokersDisk(brokerDisk, stack.broker),
      postgres_disk: postgresDisk && postgres && databasesDisk(postgresDisk, postgres, () => stack.logs()),
      clock_ahead: ordered.clock(DAY_MS, signedTimes),
      clock_behind: ordered.clock(-DAY_MS, signedTimes),
      dns: ordered.names(() => {
        for (const each of links) each.cut();
      }, encounters),
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

/** A link of whose refusals those tell who were refused. */
function withRefusals(link: Link, encounters: Encounters): Disturbance {
  return {
    begin: (fault) => link.begin(fault),
    end: () => link.end(),
    met: async () => (await link.met()) + encounters.count(refusedAt(link.port)),
  };
}

/**
 * JetStream meets a disk that is full and answers nobody any more. One that does not by itself when there is room is started
 * again. One that waited for its disk goes on by itself.
 */
function brokersDisk(disk: SmallDisk, broker: NatsServer): Disturbance {
  return failingDisk(disk, {
    async whenThereIsRoom() {
      if (!(await answersForJetStream(broker))) await broker.restart();
    },
    met: async () => ((await answersForJetStream(broker)) ? 0 : 1),
  });
}

/** PostgreSQL refuses what it cannot write; or ends, and whoever supervises it starts it again. */
function databasesDisk(disk: SmallDisk, server: Server, logs: () => Promise<string>): Disturbance {
  let ends = 0;
  return failingDisk(disk, {
    async whenThereIsRoom() {
      if (!(await hasEnded(server))) return;
      ends += 1;
      await server.restart();
    },
    met: async () => (await logs()).split(DISK_FULL).length - 1 + ends + ((await hasEnded(server)) ? 1 : 0),
  });
}

/** A disk that is full, or does not answer: whoever waits for it has met that. */
function failingDisk(disk: SmallDisk, full: { whenThereIsRoom(): Promise<void>; met(): Promise<number> }): Disturbance {
  let isFrozen = false;
  return {
    async begin(fault) {
      isFrozen = fault === "hang";
      await (isFrozen ? disk.freeze() : disk.fill());
    },
    async end() {
      if (isFrozen) {
        isFrozen = false;
        return disk.thaw();
      }
      await disk.makeRoom();
      await full.whenThereIsRoom();
    },
    met: async () => (await full.met()) + (isFrozen ? await disk.waiting() : 0),
  };
}

function hasEnded(server: Server): Promise<boolean> {
  return Promise.race([
    server.exited.then(() => true),
    new Promise<false>((resolve) => setImmediate(() => resolve(false))),
  ]);
}
