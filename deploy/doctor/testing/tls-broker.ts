import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@flowstate/local/servers/free-port.ts";
import { knowsSyncInterval } from "@flowstate/local/servers/nats-server.ts";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { logTail, startServerProcess } from "@flowstate/local/servers/server-process.ts";
import { renderClusterNode } from "@flowstate/messaging";

const START_LIMIT_MS = 15_000;
const STOP_LIMIT_MS = 5_000;
const POLL_MS = 10;
/** From its name to the brace at the beginning of a line. */
const CLUSTER_BLOCK = /\ncluster: \{\n[\s\S]*?\n\}\n/;

/** A server of the production configuration, alone. */
export interface TlsBroker extends AsyncDisposable {
  /** `tls://localhost:PORT`. */
  readonly url: string;
}

/**
 * Starts one server from the configuration of a cluster's node without its cluster, changed by `change`. `certificates` is a
 * folder of `npm run certs`.
 */
export async function startTlsBroker(
  certificates: string,
  change: (configuration: string) => string = (configuration) => configuration,
): Promise<TlsBroker> {
  const folder = temporaryFolder(join(tmpdir(), "flowstate-doctor-nats-"));
  const [port, monitor] = [await freePort(), await freePort()];
  const binary = process.env["FLOWSTATE_NATS_SERVER"] ?? "nats-server";
  const alone = renderClusterNode({ syncAlways: await knowsSyncInterval(binary) }).replace(CLUSTER_BLOCK, "\n");
  const configuration = change(alone);
  const logPath = join(folder, "nats-server.log");
  const configPath = join(folder, "nats-server.conf");
  const own = join(certificates, "broker/nats-1");
  await mkdir(folder, { recursive: true });
  await writeFile(configPath, configuration);
  const server = startServerProcess({
    command: binary,
    args: ["--config", configPath],
    logPath,
    stopSignal: "TERM",
    options: {
      cwd: folder,
      env: {
        NATS_NAME: "nats-1",
        NATS_LISTEN: `127.0.0.1:${port}`,
        NATS_MONITOR: `127.0.0.1:${monitor}`,
        NATS_STORE: join(folder, "jetstream"),
        NATS_TRUSTED: join(own, "ca.crt"),
        NATS_CERTIFICATE: join(own, "tls.crt"),
        NATS_KEY: join(own, "tls.key"),
      },
    },
  });
  const stop = async () => {
    await server.end("SIGTERM", STOP_LIMIT_MS);
    await removeNow(folder);
  };
  for (const giveUpAt = Date.now() + START_LIMIT_MS; Date.now() < giveUpAt; await sleep(POLL_MS)) {
    if (server.hasExited()) break;
    const answer = await fetch(`http://127.0.0.1:${monitor}/healthz`).catch(() => undefined);
    if (answer?.status === 200) return { url: `tls://localhost:${port}`, [Symbol.asyncDispose]: stop };
  }
  const log = await logTail(logPath);
  await stop();
  throw new Error(`nats-server did not start: ${log}`);
}
