import { ConfigError } from "@flowstate/runtime";
import { configuredTenant, UnknownTenantError } from "./configured-tenant.ts";
import { explainPing } from "./explain-ping.ts";
import { pingErp } from "./ping-erp.ts";

/**
 * `npm run erp -- ping TENANT`: sends a signed ping to the tenant's ERP with the configuration that erp-pusher has, and
 * says what came of it. Exit code 0 when a document would be delivered, 78 when the configuration is not usable, otherwise
 * 1.
 */

const USAGE = "usage: npm run erp -- ping TENANT";
/** sysexits.h EX_CONFIG, as the services end with. */
const EXIT_BAD_CONFIGURATION = 78;

async function ping(name: string): Promise<boolean> {
  const { tenant } = configuredTenant(name, process.env);
  const { origin, pathname } = tenant.endpoint.url;
  print(`Ping of ${name}: POST ${origin}${pathname}`);
  const { delivers, sentences } = explainPing(tenant.endpoint.url, await pingErp(tenant, new Date()));
  print(...sentences);
  return delivers;
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

function complain(line: string): void {
  process.stderr.write(`flowstate: ${line}\n`);
}

try {
  const [verb, name, ...more] = process.argv.slice(2);
  if (verb === "ping" && name !== undefined && more.length === 0) {
    process.exitCode = (await ping(name)) ? 0 : 1;
  } else {
    complain(USAGE);
    process.exitCode = 1;
  }
} catch (error) {
  if (error instanceof ConfigError) {
    for (const problem of error.problems) complain(problem);
    process.exitCode = EXIT_BAD_CONFIGURATION;
  } else if (error instanceof UnknownTenantError) {
    complain(error.message);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
