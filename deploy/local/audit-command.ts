import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Local, ROOT, readLocal } from "./local-file.ts";

/**
 * `npm run audit -- COMMAND`: runs audit's commands with the configuration of the environment or, when that names no
 * database, on the running local stack. Its exit code is the command's.
 */

function environmentOf({ apiKey, auditSigningKey, tenant, nats, postgres }: Local): NodeJS.ProcessEnv {
  return {
    FLOWSTATE_LOCAL: "true",
    DATABASE_URL: postgres.url,
    DATABASE_API_URL: postgres.apiUrl,
    AUDIT_SIGNING_KEY: auditSigningKey,
    TENANT_ID: tenant.id,
    API_SECRET: apiKey,
    NATS_URL: nats.url,
    NATS_ADMIN_PASSWORD: nats.adminPassword,
  };
}

/** Needs nothing of either. */
const MAKES_A_KEY = process.argv[2] === "key";
const configured = (process.env["DATABASE_URL"] ?? "") !== "" || MAKES_A_KEY;
const local = configured ? undefined : await readLocal();
if (!configured && local === undefined) {
  process.stderr.write(
    "flowstate: no database is configured: set what audit is given (DATABASE_URL), or start the local stack with npm start\n",
  );
  process.exitCode = 1;
} else {
  const env = { ...process.env, ...(local !== undefined && environmentOf(local)) };
  const command = [join("services", "audit", "commands", "audit.ts"), ...process.argv.slice(2)];
  const child = spawn(process.execPath, command, { cwd: ROOT, env, stdio: "inherit" });
  const [code] = await once(child, "exit");
  process.exitCode = typeof code === "number" ? code : 1;
}
