import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { ROOT, readLocal } from "./local-file.ts";

/**
 * `npm run audit -- COMMAND`: runs audit's commands with the configuration of the environment or, when that names no
 * database, on the running local stack. Its exit code is the command's.
 */

const configured = (process.env["DATABASE_URL"] ?? "") !== "";
const local = configured ? undefined : await readLocal();
if (!configured && local === undefined) {
  process.stderr.write(
    "flowstate: no database is configured: set what audit is given (DATABASE_URL), or start the local stack with npm start\n",
  );
  process.exitCode = 1;
} else {
  const env = { ...process.env, ...(local !== undefined && { DATABASE_URL: local.postgres.url }) };
  const command = [join("services", "audit", "commands", "audit.ts"), ...process.argv.slice(2)];
  const child = spawn(process.execPath, command, { cwd: ROOT, env, stdio: "inherit" });
  const [code] = await once(child, "exit");
  process.exitCode = typeof code === "number" ? code : 1;
}
