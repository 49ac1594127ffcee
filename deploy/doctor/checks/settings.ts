import type { Check } from "../check.ts";
import { PART_CONFIGS, type PartName } from "../deployment.ts";
import { found, foundOrGood, type Result } from "../result.ts";
import { SECRET_VARIABLES } from "../secret-variables.ts";

/** Whether each part would start with its environment, and has nothing that belongs to another. */
export const settingsCheck: Check = {
  name: "settings",
  run({ deployment: { environments, settings, problems } }) {
    return [...environments].flatMap(([part, environment]) => {
      const results: Result[] = (problems.get(part) ?? []).map((problem) =>
        found("settings.unusable", `${part}: ${problem}`),
      );
      const config = settings[part];
      if (config?.FLOWSTATE_LOCAL === true) {
        results.push(found("settings.plain_text_permitted", `${part}: FLOWSTATE_LOCAL=true permits plain text`));
      }
      if (config !== undefined && "GHOST_STRICT" in config && !config.GHOST_STRICT) {
        results.push(found("settings.not_strict", `${part}: it would run unhardened`));
      }
      // Parts that share one environment have each other's secrets, as on a machine of a single user.
      const shared = [...environments].filter(([, other]) => other === environment).map(([name]) => name);
      for (const name of secretsOfOthers(shared, environment)) {
        results.push(found("settings.secret_not_needed", `${part}: it has ${name}, which it does not read`));
      }
      return foundOrGood(results, `${part}: every variable is usable`);
    });
  },
};

function secretsOfOthers(parts: readonly PartName[], environment: NodeJS.ProcessEnv): readonly string[] {
  const known = new Set(parts.flatMap((part) => PART_CONFIGS[part].variables));
  const secrets = new Set([...SECRET_VARIABLES.values()].flat());
  return [...secrets].filter((name) => !known.has(name) && (environment[name] ?? "") !== "");
}
