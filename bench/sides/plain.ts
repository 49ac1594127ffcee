import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNodeServer } from "@flowstate/local/servers/node-server.ts";
import { startPostgres } from "@flowstate/local/servers/postgres.ts";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { processFamily } from "../measure/process-usage.ts";
import { askDatabase } from "./database.ts";
import { type Doubles, GEMINI_API_KEY, type Side } from "./side.ts";

const SECRET_BYTES = 32;

/** The plain program, as Node starts by itself, with a PostgreSQL of its own that waits for no disk, as Flowstate's does not. */
export async function startPlain({ modelUrl, erpUrl, pushed }: Doubles): Promise<Side> {
  await using starting = new AsyncDisposableStack();
  const folder = temporaryFolder(join(tmpdir(), "flowstate-bench-"));
  starting.defer(() => removeNow(folder));
  const postgres = starting.use(await startPostgres());
  const database = await postgres.createDatabase("plain");
  const apiKey = randomBytes(SECRET_BYTES).toString("base64url");
  const program = await startNodeServer({
    name: "plain",
    program: join("bench", "plain", "main.ts"),
    environment: () => ({
      NODE_ENV: "production",
      API_SECRET: apiKey,
      GEMINI_API_KEY,
      GEMINI_BASE_URL: modelUrl,
      ERP_WEBHOOK_URL: erpUrl,
      ERP_WEBHOOK_SECRET: `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`,
      DATABASE_URL: database.url,
    }),
    logPath: join(folder, "plain.log"),
  });
  starting.defer(() => program.stop());
  const databaseFacts = await askDatabase(database.url);
  const parts = starting.move();
  return {
    name: "plain",
    url: program.url ?? "",
    apiKey,
    recipient: "documents@plain.example",
    processes: () => ({ plain: [program.pid], postgres: processFamily(postgres.pid) }),
    database: databaseFacts,
    pushed,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
