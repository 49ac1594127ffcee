import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { ERP_WEBHOOK_PATH } from "./doubles/erp.ts";
import { type Local, ROOT, readLocal } from "./local-file.ts";

/**
 * `npm run erp -- ping TENANT`: runs erp-pusher's command with the configuration of the environment or, when that has
 * none, of the running local stack. Its exit code is the command's.
 */

/** Any of these means that the environment is that of an erp-pusher. */
const CONFIGURED_BY = ["ERP_WEBHOOK_URL", "FLOWSTATE_TENANTS"] as const;

function environmentOf({ tenant, erp }: Local): NodeJS.ProcessEnv {
  return {
    FLOWSTATE_LOCAL: "true",
    TENANT_ID: tenant.id,
    ERP_WEBHOOK_URL: new URL(ERP_WEBHOOK_PATH, erp.url).href,
    ERP_WEBHOOK_SECRET: erp.secret,
  };
}

const configured = CONFIGURED_BY.some((name) => (process.env[name] ?? "") !== "");
const local = configured ? undefined : await readLocal();
if (!configured && local === undefined) {
  process.stderr.write(
    "flowstate: no ERP is configured: set what erp-pusher is given (ERP_WEBHOOK_URL or FLOWSTATE_TENANTS), or start the " +
      "local stack with npm start\n",
  );
  process.exitCode = 1;
} else {
  const env = { ...process.env, ...(local !== undefined && environmentOf(local)) };
  const command = [join("services", "erp-pusher", "commands", "erp.ts"), ...process.argv.slice(2)];
  const child = spawn(process.execPath, command, { cwd: ROOT, env, stdio: "inherit" });
  const [code] = await once(child, "exit");
  process.exitCode = typeof code === "number" ? code : 1;
}
