import { BlockList } from "node:net";
import { z } from "zod";
import { configuredKeys } from "../api-keys.ts";
import type { Logger } from "../logger.ts";
import { livez } from "./livez.ts";
import { readyz } from "./readyz.ts";
import { createHttpServer } from "./server.ts";

const REQUEST_TIMEOUT_MS = 5_000;
/** An orchestrator, and whoever looks at it besides. */
const MAX_CONNECTIONS = 64;

export const probeHost = z
  .string()
  .min(1)
  .default("0.0.0.0")
  .describe("Address on which the orchestrator's probes are answered, in plain text: they tell nothing.");

export interface ProbesOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly logger: Logger;
}

export interface RunningProbes extends AsyncDisposable {
  readonly url: string;
  /** From now on, and until the result is disposed, this instance is ready whenever `works` says so. */
  readyWhile(works: () => boolean): Disposable;
}

/**
 * `/livez` and `/readyz` of a service that has no HTTP of its own, and nothing else. Listens from the beginning, so that an
 * instance which waits for its broker is alive and not ready. Plain HTTP, because a probe tells nothing; for the same reason
 * a request with a key is refused, as it would show the key to the network. Rejects when it cannot listen there.
 */
export async function serveProbes({ host, port, logger }: ProbesOptions): Promise<RunningProbes> {
  const server = createHttpServer({
    logger,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    maxConnections: MAX_CONNECTIONS,
    maxConnectionsPerAddress: MAX_CONNECTIONS,
    // Whatever is no probe would have to come through one of no proxies.
    proxies: new BlockList(),
  });
  let isReady = () => false;
  livez(server);
  // Nobody may show a key here, so nobody is told why it is not ready: the log says it.
  readyz(server, { keys: configuredKeys([]), hardening: {}, scrubFault: () => undefined, isReady: () => isReady() });
  const url = await server.listen({ host, port });
  return {
    url,
    readyWhile(works) {
      isReady = works;
      return {
        [Symbol.dispose]() {
          isReady = () => false;
        },
      };
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}
