import type { Facts } from "@flowstate/contracts";

/** What a model says when it makes one mistake. */
export interface Faulty {
  /** Names fields only. */
  readonly what: string;
  readonly facts: Facts;
}

/** A copy of the truth, changed. */
export function faulty(what: string, truth: Facts, change: (facts: Facts) => void): Faulty {
  const facts = structuredClone(truth);
  change(facts);
  return { what, facts };
}
