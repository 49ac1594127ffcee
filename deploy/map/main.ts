import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { GhostBytes } from "../../libs/ghost/index.ts";
import { ConfigError } from "../../libs/runtime/index.ts";
import { UnknownTenantError } from "../../services/erp-pusher/commands/configured-tenant.ts";
import { dryRun, mappedTenant, NothingToShowError } from "./dry-run.ts";

/**
 * `npm run map -- TENANT FILE.pdf`: prints the request that the tenant's ERP would get for this PDF, and sends nothing
 * anywhere (docs/erp/mapping.md). The configuration is that of erp-pusher and the extractor, from the environment. Exit code 0 when there is a
 * request to show, otherwise 1 and what is wrong.
 */

const USAGE = "usage: npm run map -- TENANT FILE.pdf";

async function map(): Promise<string> {
  const [name, file, ...more] = process.argv.slice(2);
  if (name === undefined || file === undefined || more.length > 0) throw new NothingToShowError(USAGE);
  const tenant = mappedTenant(name, process.env);
  using document = await readDocument(file);
  return await dryRun(tenant, document, new Date());
}

async function readDocument(file: string): Promise<GhostBytes> {
  // npm runs scripts in the root of the repository; the path is meant from where the user stands.
  const path = resolve(process.env["INIT_CWD"] ?? "", file);
  try {
    return GhostBytes.taking(await readFile(path));
  } catch {
    throw new NothingToShowError(`${path} cannot be read: check the path`);
  }
}

function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems;
  if (error instanceof NothingToShowError || error instanceof UnknownTenantError) return [error.message];
  throw error;
}

try {
  process.stdout.write(await map());
  process.stderr.write("Nothing was sent. Ids, times and the signature are examples; secrets are not shown.\n");
} catch (error) {
  for (const problem of problemsOf(error)) process.stderr.write(`flowstate: ${problem}\n`);
  process.exitCode = 1;
}
