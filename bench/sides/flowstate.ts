import { startTestStack } from "@flowstate/local/e2e/test-stack.ts";
import { startPostgres } from "@flowstate/local/servers/postgres.ts";
import pg from "pg";
import { z } from "zod";
import { processFamily } from "../measure/process-usage.ts";
import { askDatabase } from "./database.ts";
import { type Doubles, GEMINI_API_KEY, type Side } from "./side.ts";

const stageSchema = z.array(z.object({ stage: z.string(), median: z.number() }));

/**
 * Flowstate as deployed, but on one machine and without TLS: four services as hardened processes, a broker that syncs each
 * event to its disk if its release can be told to (2.10), and the same PostgreSQL as the plain program, which waits for no disk.
 * `settings` raises the limits that a load of this size would meet.
 */
export async function startFlowstate(
  { modelUrl, erpUrl, pushed }: Doubles,
  settings: NodeJS.ProcessEnv,
): Promise<Side> {
  await using starting = new AsyncDisposableStack();
  const postgres = starting.use(await startPostgres());
  const database = await postgres.createDatabase("flowstate");
  const stack = starting.use(
    await startTestStack({
      database,
      environment: { LOG_LEVEL: "info", GEMINI_API_KEY, GEMINI_BASE_URL: modelUrl, ...settings },
      erpWebhookUrl: erpUrl,
    }),
  );
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  starting.defer(() => client.end());
  const databaseFacts = await askDatabase(database.url);
  const { ingest, extractor, "erp-pusher": erpPusher, audit } = stack.services;
  const parts = starting.move();
  return {
    name: "flowstate",
    url: ingest.url ?? "",
    apiKey: stack.settings.apiKey,
    recipient: stack.settings.tenantAddress,
    processes: () => ({
      ingest: [ingest.pid],
      extractor: [extractor.pid],
      "erp-pusher": [erpPusher.pid],
      audit: [audit.pid],
      "nats-server": [stack.broker.pid],
      postgres: processFamily(postgres.pid),
    }),
    database: databaseFacts,
    pushed,
    async stages(since) {
      const { rows } = await client.query(
        `SELECT type || coalesce(' ' || stage, '') AS stage,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_ms)::float8 AS median
         FROM events WHERE duration_ms IS NOT NULL AND time >= $1 GROUP BY 1 ORDER BY 1`,
        [since],
      );
      return Object.fromEntries(stageSchema.parse(rows).map(({ stage, median }) => [stage, median]));
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
