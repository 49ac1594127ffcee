import type { BrokerAccess } from "./broker-access.ts";
import type { Deployment } from "./deployment.ts";
import type { Result } from "./result.ts";
import type { Surroundings } from "./surroundings.ts";

/** What every check may ask. */
export interface Examination {
  readonly deployment: Deployment;
  readonly surroundings: Surroundings;
  readonly broker: BrokerAccess;
}

/** One thing that is looked at. What another check is about is not found again: it is said to be unchecked, or left out. */
export interface Check {
  readonly name: string;
  run(examination: Examination): readonly Result[] | Promise<readonly Result[]>;
}
