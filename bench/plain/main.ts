import pg from "pg";
import { z } from "zod";
import { CREATE_TABLE, plainService } from "./plain-service.ts";

/** The plain program as a process. Says where it listens in one JSON line, stops on SIGTERM. */

const environment = z
  .object({
    API_SECRET: z.string(),
    GEMINI_API_KEY: z.string(),
    GEMINI_BASE_URL: z.string(),
    ERP_WEBHOOK_URL: z.string(),
    ERP_WEBHOOK_SECRET: z.string(),
    DATABASE_URL: z.string(),
  })
  .parse(process.env);

const pool = new pg.Pool({ connectionString: environment.DATABASE_URL });
await pool.query(CREATE_TABLE);
const server = await plainService({
  apiKey: environment.API_SECRET,
  geminiApiKey: environment.GEMINI_API_KEY,
  // Google's library joins it with a path that begins with a slash.
  geminiUrl: environment.GEMINI_BASE_URL.replace(/\/$/, ""),
  erpUrl: environment.ERP_WEBHOOK_URL,
  erpSecret: environment.ERP_WEBHOOK_SECRET,
  pool,
});
const stopRequested = new Promise<void>((resolve) => {
  process.once("SIGTERM", () => resolve());
});
const url = await server.listen({ host: "127.0.0.1", port: 0 });
process.stdout.write(`${JSON.stringify({ event: "service.ready", url })}\n`);
await stopRequested;
await server.close();
await pool.end();
