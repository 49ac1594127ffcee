import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HARDENED_ENVIRONMENT, HARDENED_NODE_FLAGS } from "@flowstate/ghost";
import { type BalancerDouble, startBalancer } from "@flowstate/local/doubles/balancer.ts";
import { type GeminiDouble, startGemini } from "@flowstate/local/doubles/gemini.ts";
import { startTestStack, type TestStack } from "@flowstate/local/e2e/test-stack.ts";
import { startPostgres } from "@flowstate/local/servers/postgres.ts";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import type { Server } from "@flowstate/local/servers/server-process.ts";
import { SERVICE_NAMES, type ServiceName } from "@flowstate/local/service-environment.ts";
import { withChildren } from "../../prove/search/process-memory.ts";
import { MOMENTS_FOLDER_VARIABLE, type Order, orderFileOf } from "../moments/moments.ts";
import { goOn } from "../moments/process-state.ts";
import { VICTIMS, type Victim } from "../plan/plan-run.ts";
import { ErpLedger } from "../truth/erp-ledger.ts";
import { Strikes } from "../truth/strikes.ts";
import { ExitWatch } from "./exit-watch.ts";
import { Readings } from "./readings.ts";

const GEMINI_API_KEY = "crash-gemini-key-0123456789";

/** One process of a part. */
export interface Target {
  readonly victim: Victim;
  /** `processName` */
  readonly name: string;
  readonly server: Server;
}

/** The whole system as processes of their own that can be stopped at any moment, with doubles of everything beyond it. */
export interface CrashSystem extends AsyncDisposable {
  readonly stack: TestStack;
  readonly databaseUrl: string;
  /** Where mails are posted. */
  readonly ingest: BalancerDouble;
  /** What the customer knows. */
  readonly erpLedger: ErpLedger;
  /** When its parts were struck. */
  readonly strikes: Strikes;
  /** All instances of a part. */
  instancesOf(victim: Victim): readonly Server[];
  /** Kills it (SIGKILL); resolves when it is no more. */
  kill(target: Target): Promise<void>;
  /** Starts it again, as its supervisor would. Rejects when it does not start. */
  restart(target: Target): Promise<void>;
  /** Parts of which a process has ended though nobody has killed it. */
  readonly endedByThemselves: readonly Victim[];
  /** What the model reads. */
  readonly readings: Readings;
  /** Has every instance of a service stop at a moment, the first that reaches it. */
  order(service: ServiceName, order: Order): Promise<void>;
  /** Has them go through all moments again. One that has read its order already may still stop. */
  cancelOrders(service: ServiceName): Promise<void>;
  /** Lets every service go on that has stopped itself, or was stopped. */
  letAllGoOn(): void;
  /** The services' processes, which must not hold what has ended. */
  servicePids(): readonly number[];
  /** Those of the broker and of the database, which must not hold anything of it at any time. */
  serverPids(): readonly number[];
  /** All that the system writes: logs, the broker's store, the database. Must not hold anything of a mail, either. */
  readonly files: readonly string[];
}

export interface CrashSystemOptions {
  /** Of each service. */
  readonly instances: number;
  /** A module that makes the services worse, for the control. */
  readonly spoiledBy?: string;
}

export async function startCrashSystem({ instances, spoiledBy }: CrashSystemOptions): Promise<CrashSystem> {
  await using starting = new AsyncDisposableStack();
  const folder = temporaryFolder(join(tmpdir(), "flowstate-crash-"));
  starting.defer(() => removeNow(folder));
  const readings = new Readings();
  const erpLedger = new ErpLedger();
  const postgres = starting.use(await startPostgres({}));
  const gemini: GeminiDouble = starting.use(
    await startGemini({ apiKey: GEMINI_API_KEY, answer: ({ sha256 }) => readings.answer(sha256) }),
  );
  const database = await postgres.createDatabase("flowstate");
  const preloaded = ["../moments/stop-at-moments.ts", ...(spoiledBy === undefined ? [] : [spoiledBy])];
  const stack = starting.use(
    await startTestStack({
      database,
      environment: { GEMINI_API_KEY, GEMINI_BASE_URL: gemini.url },
      launch: {
        nodeFlags: [...HARDENED_NODE_FLAGS, ...preloaded.map(preload)],
        environment: { ...HARDENED_ENVIRONMENT, [MOMENTS_FOLDER_VARIABLE]: folder },
      },
      onDelivery: (delivery) => erpLedger.note(delivery),
    }),
  );
  const services = new Map<ServiceName, Server[]>();
  for (const name of SERVICE_NAMES) {
    const more = Array.from({ length: instances - 1 }, () => stack.addInstance(name));
    services.set(name, [stack.services[name], ...(await Promise.all(more))]);
  }
  const instancesOf = (victim: Victim): readonly Server[] => {
    if (victim === "nats-server") return [stack.broker];
    if (victim === "postgres") return [postgres];
    return services.get(victim) ?? [];
  };
  const orderOf = ({ pid }: Server) => join(folder, orderFileOf(pid));
  const exits = starting.use(new ExitWatch());
  for (const victim of VICTIMS) for (const server of instancesOf(victim)) exits.watch({ victim, server });
  const ingest = starting.use(await startBalancer(instancesOf("ingest").map(({ url }) => url ?? "")));
  const parts = starting.move();
  return {
    stack,
    databaseUrl: database.url,
    ingest,
    erpLedger,
    strikes: new Strikes(),
    instancesOf,
    async kill({ server }) {
      exits.expect(server);
      await server.kill();
      // The system gives its number to another process before long, which must not follow it.
      await rm(orderOf(server), { force: true });
    },
    async restart(target) {
      await target.server.restart();
      exits.watch(target);
    },
    endedByThemselves: exits.unexpected,
    readings,
    async order(service, order) {
      await Promise.all(instancesOf(service).map((server) => writeFile(orderOf(server), JSON.stringify(order))));
    },
    async cancelOrders(service) {
      await Promise.all(instancesOf(service).map((server) => rm(orderOf(server), { force: true })));
    },
    letAllGoOn() {
      for (const name of SERVICE_NAMES) for (const { pid } of instancesOf(name)) goOn(pid);
    },
    servicePids: () => SERVICE_NAMES.flatMap((name) => instancesOf(name).map(({ pid }) => pid)),
    serverPids: () => [stack.broker.pid, ...withChildren(postgres.pid)],
    files: [stack.logFolder, stack.broker.logPath, stack.broker.storeDir, postgres.logPath, postgres.dataDir],
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

function preload(module: string): string {
  return `--import=${fileURLToPath(new URL(module, import.meta.url))}`;
}
