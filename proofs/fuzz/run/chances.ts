import { createHash } from "node:crypto";

/** The seed of one input's chances: the same for the same seed of the run, target and number. */
export function chancesOf(seed: number, target: string, number: number): number {
  return createHash("sha256").update(`${seed} ${target} ${number}`).digest().readInt32LE(0);
}
