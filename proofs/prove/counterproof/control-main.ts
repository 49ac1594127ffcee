import { PLANS, type PlanName } from "../plans.ts";
import { Stopwatch } from "../stopwatch.ts";
import type { ControlOutcome } from "./control-process.ts";
import { ControlSystem } from "./control-system.ts";
import { withLowestPriority } from "./lowest-priority.ts";

/**
 * `node proofs/prove/counterproof/control-main.ts (long | quick)`: the control goes the loads and paths of a plan, and says what
 * came of it as one line of JSON. The proof starts it.
 */

const [planName] = process.argv.slice(2);
if (!isPlanName(planName)) throw new Error(`a plan is one of: ${Object.keys(PLANS).join(", ")}`);
const plan = PLANS[planName];

const stopwatch = new Stopwatch();
await using system = await ControlSystem.start(withLowestPriority);
const afterLoads = await stopwatch.time("control: loads", () => system.sendLoads(plan.loads));
const paths = await stopwatch.time("control: paths", () => system.goPaths(plan.phases));
const outcome: ControlOutcome = { ...paths, hits: afterLoads + paths.hits, parts: stopwatch.parts };
process.stdout.write(`${JSON.stringify(outcome)}\n`);

function isPlanName(name: string | undefined): name is PlanName {
  return name !== undefined && Object.hasOwn(PLANS, name);
}
