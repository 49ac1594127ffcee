import type { PartName } from "../deployment.ts";
import type { FindingId } from "../findings.ts";
import type { Surroundings } from "../surroundings.ts";
import type { HealthyDeployment } from "./healthy-deployment.ts";

type SetEnvironments = Record<PartName, Record<string, string>>;

/** What the doctor is shown; disposing mends what was broken outside of it. */
export interface Setup extends AsyncDisposable {
  readonly environments: Partial<SetEnvironments>;
  readonly surroundings?: Partial<Surroundings>;
}

/** One thing that is wrong, in words, and the one finding that names it. */
export interface BrokenSetup {
  readonly is: string;
  readonly finds: FindingId;
  /** Part of what the doctor says of it. */
  readonly says?: string;
  arrange(healthy: HealthyDeployment): Promise<Setup>;
}

/** These parts of the healthy deployment but for what `change` does to their variables. The fewer, the faster. */
export function withVariables(
  parts: readonly PartName[],
  change: (environments: SetEnvironments, healthy: HealthyDeployment) => void | Promise<void>,
  surroundings: Partial<Surroundings> = {},
): BrokenSetup["arrange"] {
  return async (healthy) => {
    const environments = healthy.environments();
    await change(environments, healthy);
    const shown = Object.fromEntries(parts.map((part) => [part, environments[part]]));
    return { environments: shown, surroundings, [Symbol.asyncDispose]: async () => undefined };
  };
}
