import type { HARDENING_MEASURES } from "../../libs/contracts/index.ts";

/** These are the machine's to hold, and not how a process is started: production refuses to start without them, a proof goes anywhere. */
const OF_THE_MACHINE: ReadonlySet<string> = new Set<(typeof HARDENING_MEASURES)[number]>(["no_core_dump", "no_swap"]);

/**
 * What the services have said, at every start, of how they are started: a line for each measure of the hardening that does not
 * hold. `logs` are all their lines, JSON each.
 */
export function unhardenedIn(logs: string): readonly string[] {
  const said = logs.split("\n").filter((line) => line.includes('"hardening.checked"'));
  if (said.length === 0) return ["no service says how it is hardened"];
  return said.flatMap((line) => {
    const { service, measure, holds }: { service: string; measure: string; holds: boolean } = JSON.parse(line);
    return holds || OF_THE_MACHINE.has(measure) ? [] : [`${service} says that it is not hardened: ${measure}`];
  });
}
