import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Chances that are the same again with the same seed. */
export interface Random {
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  /** One of them. Throws when there is none. */
  one<T>(choices: readonly T[]): T;
  /** True in so many of a hundred cases. */
  percent(chance: number): boolean;
}

export function randomOf(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const whole = (least: number, most: number) => uniformInt(generator, least, most);
  return {
    whole,
    one(choices) {
      const chosen = choices[whole(0, choices.length - 1)];
      if (chosen === undefined) throw new Error("nothing to choose from");
      return chosen;
    },
    percent: (chance) => whole(1, 100) <= chance,
  };
}
