import type { Case } from "./cases.ts";

/** The parts of the benchmark that are run. */
interface Selection {
  readonly cases: readonly Case[];
  readonly limits: boolean;
}

/** The cases whose figures are promised, and those that the others are compared with. */
const TARGETS = ["0.1x8", "0.1x32", "0.1x200", "1x1", "1x8", "20x8", "limits"] as const;

/**
 * What `only` names of `all`, by commas: `1x8` for 1 MB at concurrency 8, `limits` for what the parts do alone, `targets`
 * for everything that is promised. Everything when it is undefined; undefined when it names something that there is not.
 */
export function selectCases(all: readonly Case[], only: string | undefined): Selection | undefined {
  if (only === undefined) return { cases: all, limits: true };
  const names = new Set(only.split(",").flatMap((name) => (name === "targets" ? TARGETS : name)));
  const known = new Set(["limits", ...all.map(nameOf)]);
  if ([...names].some((name) => !known.has(name))) return undefined;
  return { cases: all.filter((it) => names.has(nameOf(it))), limits: names.has("limits") };
}

function nameOf({ sizeMb, concurrency }: Case): string {
  return `${sizeMb}x${concurrency}`;
}
