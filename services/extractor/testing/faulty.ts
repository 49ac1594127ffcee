import type { Facts } from "@flowstate/contracts";

/** What a model says when it makes one mistake. */
export interface Faulty {
  /** Names fields, and values where they matter. */
  readonly what: string;
  readonly facts: Facts;
}

/** A copy of the truth, changed. */
export function faulty(what: string, truth: Facts, change: (facts: Facts) => void): Faulty {
  const facts = structuredClone(truth);
  change(facts);
  return { what, facts };
}

/** Gives the field at a pointer this value. */
export function setAt(facts: Facts, path: string, value: unknown): void {
  const keys = path.slice(1).split("/");
  const last = keys.pop() ?? "";
  const parent = keys.reduce<unknown>((within, key) => Reflect.get(Object(within), key), facts);
  Reflect.set(Object(parent), last, value);
}
