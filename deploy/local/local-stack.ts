import { chmod, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { HARDENED_NODE_FLAGS } from "@flowstate/ghost";
import { provisionEvents } from "@flowstate/messaging";
import { readConfig, retentionOf, retentionSettings, streamAgeDays } from "@flowstate/runtime";
import { z } from "zod";
import { ERP_WEBHOOK_PATH } from "./doubles/erp.ts";
import { LOCAL_FILE, type Local, STATE_FOLDER, writeLocal } from "./local-file.ts";
import { type NatsServer, startNatsServer } from "./servers/nats-server.ts";
import { startNodeServer } from "./servers/node-server.ts";
import { type PostgresServer, startPostgres } from "./servers/postgres.ts";
import { removeNow, removeWithUs, unlinkWithUs } from "./servers/reaper.ts";
import type { Server } from "./servers/server-process.ts";
import { type SupervisedServer, supervise } from "./servers/supervise.ts";
import {
  SERVICE_NAMES,
  type ServiceName,
  type StackSettings,
  type Surroundings,
  serviceEnvironment,
  stackSettings,
} from "./service-environment.ts";

/** What the stack tells while it works. */
export interface StackVoice {
  /** A part is ready after so many milliseconds. */
  ready(name: string, durationMs: number, url: string | undefined): void;
  say(sentence: string): void;
}

/** The whole system, running. Disposing stops every part in order and removes what the run kept. */
export interface LocalStack extends AsyncDisposable {
  readonly local: Local;
}

/** Parts are stopped in this order, those of one row together: first what takes work, then what it needs. */
const STOP_ORDER: readonly (readonly string[])[] = [
  ["ingest"],
  ["extractor", "erp-pusher"],
  ["audit"],
  ["demo ERP"],
  ["nats-server", "postgres"],
];

/**
 * Starts broker, database, demo ERP and the four services, and keeps them running. Throws what the first part that did not
 * start threw, or the signal's reason when it is aborted meanwhile; either way everything that had started is stopped.
 */
export async function startLocalStack(
  given: NodeJS.ProcessEnv,
  voice: StackVoice,
  signal: AbortSignal,
): Promise<LocalStack> {
  const settings = stackSettings(given);
  const folder = await runFolder();
  const parts = new Map<string, SupervisedServer>();
  const disposables = new AsyncDisposableStack();
  const stop = async () => {
    await removeNow(LOCAL_FILE);
    await Promise.all([...parts.values()].map((part) => part.release()));
    for (const row of STOP_ORDER) await Promise.all(row.map((name) => parts.get(name)?.stop()));
    await disposables.disposeAsync();
    await removeNow(folder);
  };

  let describe: (() => Local) | undefined;
  let writing = Promise.resolve();
  const rewrite = () => {
    if (describe === undefined) return;
    const local = describe();
    writing = writing.then(() => writeLocal(local)).catch(() => voice.say(`${LOCAL_FILE} cannot be written`));
  };
  const start = async <S extends Server>(name: string, launch: () => Promise<S>): Promise<S> => {
    signal.throwIfAborted();
    const startedAt = performance.now();
    const server = await launch();
    parts.set(name, supervise({ name, server, say: voice.say, onChange: rewrite }));
    voice.ready(
      name,
      performance.now() - startedAt,
      server.url === undefined ? undefined : withoutPassword(server.url),
    );
    return server;
  };

  try {
    const logs = join(folder, "logs");
    const { nats, postgres, erp } = await startSurroundings({ start, folder, logs, settings, disposables });
    signal.throwIfAborted();
    const [database] = await Promise.all([
      postgres.createDatabase("flowstate"),
      provisionEvents({ url: nats.url, password: nats.passwords.admin, eventsAgeDays: eventsAgeDays(given) }),
    ]);
    const surroundings: Surroundings = {
      settings,
      natsUrl: nats.url,
      natsPasswords: nats.passwords,
      database,
      erpWebhookUrl: new URL(ERP_WEBHOOK_PATH, erp.url).href,
    };
    const startService = (name: ServiceName) =>
      start(name, () =>
        startNodeServer({
          name,
          program: join("services", name, "main.ts"),
          nodeFlags: HARDENED_NODE_FLAGS,
          environment: (port) => serviceEnvironment(name, surroundings, given, port),
          logPath: join(logs, `${name}.log`),
        }),
      );
    await allSettled(SERVICE_NAMES.map(startService));
    signal.throwIfAborted();

    const part = (name: string) => {
      const found = parts.get(name);
      if (found === undefined) throw new Error(`no part is called ${name}`);
      return found;
    };
    const urlOf = (name: string) => part(name).server.url ?? "";
    describe = () => ({
      version: 1,
      apiKey: settings.apiKey,
      auditSigningKey: settings.auditSigningKey,
      adminKey: settings.adminKey,
      tenant: { id: settings.tenantId, address: settings.tenantAddress },
      services: {
        ingest: { url: urlOf("ingest"), pid: part("ingest").pid },
        extractor: { pid: part("extractor").pid },
        "erp-pusher": { pid: part("erp-pusher").pid },
        audit: { url: urlOf("audit"), pid: part("audit").pid },
      },
      nats: {
        url: nats.url,
        pid: part("nats-server").pid,
        storeDir: nats.storeDir,
        adminPassword: nats.passwords.admin,
      },
      postgres: { ...database, pid: part("postgres").pid, dataDir: postgres.dataDir },
      erp: { url: urlOf("demo ERP"), pid: part("demo ERP").pid, secret: settings.erpWebhookSecret },
      logs,
    });
    rewrite();
    await writing;
    const local = describe();
    return {
      local,
      async [Symbol.asyncDispose]() {
        describe = undefined;
        await writing;
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** As audit, which is given the same variables, keeps events. */
function eventsAgeDays(given: NodeJS.ProcessEnv): number {
  const config = readConfig(z.object(retentionSettings), Object.keys(retentionSettings), given);
  return streamAgeDays(retentionOf(config));
}

interface SurroundingsOptions {
  readonly start: <S extends Server>(name: string, launch: () => Promise<S>) => Promise<S>;
  readonly folder: string;
  readonly logs: string;
  readonly settings: StackSettings;
  readonly disposables: AsyncDisposableStack;
}

/** What the services need: broker, database, and the ERP that they deliver to. */
async function startSurroundings({ start, folder, logs, settings, disposables }: SurroundingsOptions): Promise<{
  nats: NatsServer;
  postgres: PostgresServer;
  erp: Server;
}> {
  const [nats, postgres, erp] = await allSettled([
    start("nats-server", async () => disposables.use(await startNatsServer({ directory: join(folder, "nats") }))),
    start("postgres", async () => disposables.use(await startPostgres({ directory: join(folder, "postgres") }))),
    start("demo ERP", () =>
      startNodeServer({
        name: "demo ERP",
        program: join("deploy", "local", "doubles", "erp-main.ts"),
        environment: (port) => ({ ERP_PORT: String(port ?? 0), ERP_WEBHOOK_SECRET: settings.erpWebhookSecret }),
        logPath: join(logs, "erp.log"),
      }),
    ),
  ]);
  return { nats, postgres, erp };
}

/** Like `Promise.all`, but throws only when every start has settled, so that all that started is known and can be stopped. */
async function allSettled<const T extends readonly unknown[]>(
  starts: T,
): Promise<{ -readonly [I in keyof T]: Awaited<T[I]> }> {
  await Promise.allSettled(starts);
  return Promise.all(starts);
}

/**
 * A folder of this run inside the clone, for data, logs and the broker's store. Others may pass through it, because
 * PostgreSQL may have to run as another user; what is in it is closed to them. Folders of runs that died with the machine
 * are removed.
 */
async function runFolder(): Promise<string> {
  await mkdir(STATE_FOLDER, { recursive: true });
  await chmod(STATE_FOLDER, PASSABLE);
  for (const name of await readdir(STATE_FOLDER)) {
    const pid = /^run-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(STATE_FOLDER, name), { recursive: true, force: true });
  }
  const folder = join(STATE_FOLDER, `run-${process.pid}`);
  await mkdir(folder, { recursive: true });
  await chmod(folder, PASSABLE);
  removeWithUs(folder);
  unlinkWithUs(LOCAL_FILE);
  await mkdir(join(folder, "logs"), { mode: CLOSED });
  await mkdir(join(folder, "nats"), { mode: CLOSED });
  return folder;
}

const PASSABLE = 0o711;
const CLOSED = 0o700;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.password = "";
  return shown.href.replace(/\/$/, "");
}
