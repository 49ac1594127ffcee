import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type GeminiDouble, type GeminiRequest, startGemini } from "../../../deploy/local/doubles/gemini.ts";
import { type OtlpDouble, startOtlpCollector } from "../../../deploy/local/doubles/otlp.ts";
import { startTestStack, type TestStack } from "../../../deploy/local/e2e/test-stack.ts";
import { startPostgres } from "../../../deploy/local/servers/postgres.ts";
import type { RunUnder } from "../../../deploy/local/servers/server-process.ts";
import type { Planter } from "../canaries/canary.ts";
import { canaryFacts } from "../canaries/canary-documents.ts";
import { withChildren } from "../search/process-memory.ts";

/** How the processes of the services are started. */
export interface Launch {
  readonly nodeFlags: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * The whole system as in production, in processes of their own, with doubles of everything beyond it in the proof's own
 * process. The doubles hold content: it was sent to them. So this process is not searched, and its services are not in it.
 */
export interface Bench extends AsyncDisposable {
  readonly stack: TestStack;
  readonly gemini: GeminiDouble;
  readonly collector: OtlpDouble;
  /** What Slack was told. */
  readonly slack: readonly string[];
  /** Whose canaries the model states when nothing is scripted: in a document, or in any other. */
  plantsFor(planter: Planter, document?: Uint8Array): void;
  /** Starts a service again with other settings, or with those it began with. */
  restart(service: keyof TestStack["services"], settings?: NodeJS.ProcessEnv): Promise<void>;
  /** Settings that every service has from its next start on. */
  configure(settings: NodeJS.ProcessEnv): void;
  /** The processes of each place, as they are now. */
  processes(): Readonly<Record<MemoryPlace, readonly number[]>>;
  /** Files and folders of each place. */
  readonly files: Readonly<Record<DiskPlace, readonly string[]>>;
}

export const MEMORY_PLACES = ["ingest", "extractor", "erp-pusher", "audit", "nats-server", "postgres"] as const;
export type MemoryPlace = (typeof MEMORY_PLACES)[number];
export const DISK_PLACES = ["nats_store", "postgres_data", "logs"] as const;
export type DiskPlace = (typeof DISK_PLACES)[number];

/** In the place of a document's digest. */
const ANY_OTHER = "any other";

const GEMINI_API_KEY = "prove-gemini-key-0123456789";

export async function startBench(launch: Launch, settings: NodeJS.ProcessEnv, runUnder?: RunUnder): Promise<Bench> {
  await using starting = new AsyncDisposableStack();
  const planters = new Map<string, Planter>();
  const answer = ({ sha256 }: GeminiRequest) => {
    const planter = planters.get(sha256) ?? planters.get(ANY_OTHER);
    return planter === undefined ? undefined : { facts: canaryFacts(planter) };
  };
  const [postgres, gemini, collector, slack] = await Promise.all([
    startPostgres({ runUnder }).then((it) => starting.use(it)),
    startGemini({ apiKey: GEMINI_API_KEY, answer }).then((it) => starting.use(it)),
    startOtlpCollector().then((it) => starting.use(it)),
    startSlack().then((it) => starting.use(it)),
  ]);
  const environment: NodeJS.ProcessEnv = {
    GEMINI_API_KEY,
    GEMINI_BASE_URL: gemini.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    SLACK_WEBHOOK_URL: slack.url,
    LOG_LEVEL: "debug",
    ...settings,
  };
  const lasting = { ...launch.environment };
  const forced = { ...lasting };
  const stack = starting.use(
    await startTestStack({
      database: await postgres.createDatabase("flowstate"),
      environment,
      launch: { nodeFlags: launch.nodeFlags, environment: forced },
      runUnder,
    }),
  );
  const parts = starting.move();
  return {
    stack,
    gemini,
    collector,
    slack: slack.told,
    plantsFor(planter, document) {
      planters.set(document === undefined ? ANY_OTHER : createHash("sha256").update(document).digest("hex"), planter);
    },
    async restart(service, settings = {}) {
      Object.assign(forced, settings);
      await stack.services[service].restart();
      for (const name of Object.keys(settings)) delete forced[name];
      Object.assign(forced, lasting);
    },
    configure(settings) {
      Object.assign(lasting, settings);
      Object.assign(forced, settings);
    },
    processes: () => ({
      ingest: [stack.services.ingest.pid],
      extractor: [stack.services.extractor.pid],
      "erp-pusher": [stack.services["erp-pusher"].pid],
      audit: [stack.services.audit.pid],
      "nats-server": [stack.broker.pid],
      postgres: withChildren(postgres.pid),
    }),
    files: {
      nats_store: [stack.broker.storeDir],
      postgres_data: [postgres.dataDir],
      logs: [postgres.logPath, stack.broker.logPath, stack.logFolder],
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

async function startSlack(): Promise<AsyncDisposable & { readonly url: string; readonly told: readonly string[] }> {
  const told: string[] = [];
  const server = createServer(async (request, response) => {
    told.push(await text(request));
    response.end("ok");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/services/prove`,
    told,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
