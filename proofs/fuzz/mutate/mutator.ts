import type { Random } from "../../crash/plan/random.ts";

/** Makes another input of one, and leaves the one as it is. */
export type Mutator = (input: Buffer, random: Random) => Buffer;

/** Another one for each call that needs it: ids that must not repeat are among what a seed is made of. */
export type Seed = (random: Random) => Buffer;

/** No input grows beyond this, whatever is repeated in it. */
const MAX_INPUT_BYTES = 256 * 1024;
const MAX_MUTATIONS = 6;
/** Of a hundred inputs, how many are seeds as they are: what is right must go on being taken. */
const UNCHANGED_PERCENT = 3;

/** An input: a seed with one mutation or more. */
export function mutated(seeds: readonly Seed[], mutators: readonly Mutator[], random: Random): Buffer {
  let input = random.one(seeds)(random);
  if (random.percent(UNCHANGED_PERCENT)) return input;
  let mutations = 0;
  do {
    input = random.one(mutators)(input, random).subarray(0, MAX_INPUT_BYTES);
    mutations += 1;
  } while (mutations < MAX_MUTATIONS && random.percent(50));
  return input;
}

/** Both, and of those to choose from at least half are our own, however many were found: not every door opens for those. */
export function balanced(own: readonly Seed[], found: readonly Seed[]): readonly Seed[] {
  const times = Math.max(1, Math.ceil(found.length / Math.max(1, own.length)));
  return [...Array.from({ length: times }, () => own).flat(), ...found];
}

export function fixed(bytes: Uint8Array | string): Seed {
  const seed = Buffer.from(bytes);
  return () => seed;
}
