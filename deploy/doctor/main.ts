import { examine } from "./examine.ts";
import { readOrder, UsageError } from "./read-order.ts";
import { hasFailed, renderJson, renderText, reportLines } from "./report.ts";
import { realSurroundings } from "./surroundings.ts";

/**
 * `npm run doctor -- [PART | PART=FILE]... [--json]`: says in plain words what is wrong with a deployment
 * (docs/operations/doctor.md). Exit code 0: nothing that keeps it from its work; 1: something, or it was not asked properly.
 */

// npm runs scripts in the root of the repository; paths are meant from where the user stands.
const STANDING = process.env["INIT_CWD"] ?? process.cwd();
/** npm starts this command without the flags and limits that a service is started with. */
const STARTED_BY_NPM = process.env["npm_lifecycle_event"] !== undefined;

try {
  const { environments, asService, json } = readOrder(process.argv.slice(2), STANDING, process.env);
  const results = await examine(environments, realSurroundings({ asService: asService && !STARTED_BY_NPM }));
  const lines = reportLines(results);
  process.stdout.write(json ? renderJson(lines) : renderText(lines));
  process.exitCode = hasFailed(lines) ? 1 : 0;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`flowstate: ${error.message}\n`);
  process.exitCode = 1;
}
