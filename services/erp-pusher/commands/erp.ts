import { tenantIdSchema } from "@flowstate/contracts";
import { ConfigError, readConfig } from "@flowstate/runtime";
import { type ErpPusherConfig, erpPusherConfig } from "../config.ts";
import { erpTenants } from "../erp-tenants.ts";
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

/** No broker is spoken to: what erp-pusher needs for one may be absent here. */
const NO_BROKER = { NATS_URL: "nats://127.0.0.1:4222", NATS_DOCUMENTS_PASSWORD: "no-broker-is-spoken-to-by-a-ping" };

async function ping(config: ErpPusherConfig, name: string): Promise<boolean> {
  const tenants = erpTenants(config);
  const id = tenantIdSchema.safeParse(name);
  const tenant = id.success ? tenants.get(id.data) : undefined;
  if (tenant === undefined) {
    complain(`no tenant ${name} has an ERP in this configuration: ${[...tenants.keys()].join(", ")}`);
    return false;
  }
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
    const config = readConfig(erpPusherConfig.schema, erpPusherConfig.variables, { ...NO_BROKER, ...process.env });
    process.exitCode = (await ping(config, name)) ? 0 : 1;
  } else {
    complain(USAGE);
    process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  for (const problem of error.problems) complain(problem);
  process.exitCode = EXIT_BAD_CONFIGURATION;
}
