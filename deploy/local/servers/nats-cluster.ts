import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { renderClusterNode } from "@flowstate/messaging";
import { readCompose } from "../../docker/testing/compose.ts";
import { environmentOnLoopback } from "../../docker/testing/compose-on-loopback.ts";
import { freePort } from "./free-port.ts";
import { knowsSyncInterval } from "./nats-server.ts";
import { removeNow, temporaryFolder } from "./reaper.ts";
import { logTail, type Server, type ServerProcess, startServerProcess } from "./server-process.ts";

const CONFIGURATION = fileURLToPath(new URL("../../nats/nats-server.conf", import.meta.url));
const NODE_NAMES = ["nats-1", "nats-2", "nats-3"] as const;
/** The nodes must find each other and elect who leads JetStream. */
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;
const POLL_MS = 50;
/** Ports found free may be taken before they are bound, and all nodes must know all of them. */
const START_ATTEMPTS = 3;

/** One node of the cluster; started again it has its ports, its name and its store. */
export interface NatsNode extends Server {
  /** As its fellows call it. */
  readonly name: string;
  readonly url: string;
  /** `host:port` of the port for other nodes. */
  readonly clusterAddress: string;
  /** Where its streams are. It may be taken away while the node does not run. */
  readonly storeDir: string;
  /** Has it read its certificates and its configuration again (SIGHUP), and waits until it says so. */
  reload(): Promise<void>;
}

/**
 * A production cluster on this machine: deploy/nats/nats-server.conf as it is, three nodes with TLS, each with the environment
 * that docker-compose.yml gives it. A server from before 2.10 gets the same without `sync_interval`, which it does not know.
 */
export interface NatsCluster extends AsyncDisposable {
  readonly nodes: readonly NatsNode[];
  /** Of all nodes, separated by commas, as NATS_URL has them. */
  readonly url: string;
}

interface NodePlan {
  readonly name: string;
  readonly directory: string;
  readonly ports: { readonly clients: number; readonly cluster: number; readonly monitor: number };
}

/** `certificates` is a folder of `npm run certs`. Resolves when every node is ready. Throws with the end of a node's log. */
export async function startNatsCluster(certificates: string): Promise<NatsCluster> {
  const directory = temporaryFolder(join(tmpdir(), "flowstate-nats-cluster-"));
  const binary = process.env["FLOWSTATE_NATS_SERVER"] ?? "nats-server";
  const program = { binary, configuration: await configurationFor(binary, directory) };
  for (let attempt = 1; ; attempt++) {
    const plans = await planNodes(join(directory, String(attempt)));
    const nodes = await Promise.allSettled(plans.map((plan) => startNode(plan, plans, program, certificates)));
    const started = nodes.flatMap((node) => (node.status === "fulfilled" ? [node.value] : []));
    const stop = async () => {
      await Promise.all(started.map((node) => node.stop()));
    };
    const failed = nodes.find((node) => node.status === "rejected");
    if (failed === undefined) {
      return {
        nodes: started,
        url: started.map(({ url }) => url).join(","),
        async [Symbol.asyncDispose]() {
          await stop();
          await removeNow(directory);
        },
      };
    }
    await stop();
    if (attempt === START_ATTEMPTS) {
      await removeNow(directory);
      throw failed.reason;
    }
  }
}

async function configurationFor(binary: string, directory: string): Promise<string> {
  if (await knowsSyncInterval(binary)) return CONFIGURATION;
  const older = join(directory, "nats-server.conf");
  await mkdir(directory, { recursive: true });
  await writeFile(older, renderClusterNode({ syncAlways: false }));
  return older;
}

async function planNodes(directory: string): Promise<readonly NodePlan[]> {
  const ports = new Set<number>();
  const anotherPort = async (): Promise<number> => {
    const port = await freePort();
    if (ports.has(port)) return anotherPort();
    ports.add(port);
    return port;
  };
  const plans: NodePlan[] = [];
  for (const name of NODE_NAMES) {
    const own = { clients: await anotherPort(), cluster: await anotherPort(), monitor: await anotherPort() };
    await mkdir(join(directory, name), { recursive: true, mode: 0o700 });
    plans.push({ name, directory: join(directory, name), ports: own });
  }
  return plans;
}

async function startNode(
  plan: NodePlan,
  all: readonly NodePlan[],
  { binary, configuration }: { readonly binary: string; readonly configuration: string },
  certificates: string,
): Promise<NatsNode> {
  const { name, directory, ports } = plan;
  const logPath = join(directory, "nats-server.log");
  const hosts = new Map([
    ["0.0.0.0:4222", `127.0.0.1:${ports.clients}`],
    ["0.0.0.0:6222", `127.0.0.1:${ports.cluster}`],
    ["127.0.0.1:8222", `127.0.0.1:${ports.monitor}`],
    ...all.map((node): [string, string] => [`${node.name}:6222`, `localhost:${node.ports.cluster}`]),
  ]);
  const storeDir = join(directory, "jetstream");
  const volumes = new Map([["/data", storeDir]]);
  const places = { certificates, secrets: "", hosts, volumes };
  const environment = environmentOnLoopback(readCompose(), name, places);
  const launch = async () => {
    const process_ = startServerProcess({
      command: binary,
      args: ["--config", configuration],
      logPath,
      stopSignal: "TERM",
      options: {
        cwd: directory,
        env: environment,
      },
    });
    await untilHealthy(process_, ports.monitor, logPath);
    return process_;
  };
  let current = await launch();
  const node: NatsNode = {
    name,
    url: `tls://localhost:${ports.clients}`,
    clusterAddress: `localhost:${ports.cluster}`,
    logPath,
    storeDir,
    get pid() {
      return current.pid;
    },
    get exited() {
      return current.exited;
    },
    stop: () => current.end("SIGTERM", STOP_LIMIT_MS),
    kill: () => current.end("SIGKILL", STOP_LIMIT_MS),
    async restart() {
      await node.stop();
      current = await launch();
    },
    async reload() {
      const before = await configLoadTime(ports.monitor);
      process.kill(current.pid, "SIGHUP");
      for (const giveUpAt = Date.now() + START_LIMIT_MS; Date.now() < giveUpAt; await sleep(POLL_MS)) {
        if ((await configLoadTime(ports.monitor)) !== before) return;
      }
      throw new Error(`${name} did not reload: ${await logTail(logPath)}`);
    },
  };
  return node;
}

/** A node is healthy when the cluster has a leader for JetStream and its own streams are up to date. */
async function untilHealthy(node: ServerProcess, monitorPort: number, logPath: string): Promise<void> {
  for (const giveUpAt = Date.now() + START_LIMIT_MS; Date.now() < giveUpAt; await sleep(POLL_MS)) {
    if (node.hasExited()) break;
    const answer = await fetch(`http://127.0.0.1:${monitorPort}/healthz`).catch(() => undefined);
    if (answer?.status === 200) return;
  }
  await node.end("SIGKILL", STOP_LIMIT_MS);
  throw new Error(`a node of the cluster did not start: ${await logTail(logPath)}`);
}

async function configLoadTime(monitorPort: number): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${monitorPort}/varz`);
  return Object(await answer.json()).config_load_time;
}
