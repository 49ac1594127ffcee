import type { Random } from "../../crash/plan/random.ts";
import type { Mutator } from "./mutator.ts";

/** Mutations that know nothing of what the bytes mean. */

const MAX_RANGE_BYTES = 512;
const MAX_REPETITIONS = 2_000;
/** Bytes at which parsers change their mind. */
const TELLING_BYTES = [
  0x00, 0x09, 0x0a, 0x0d, 0x20, 0x22, 0x25, 0x28, 0x29, 0x2d, 0x3a, 0x3b, 0x3d, 0x5c, 0x7f, 0x80, 0xc3, 0xff,
];

const flipBit: Mutator = (input, random) => {
  const mutant = Buffer.from(input);
  if (mutant.length === 0) return mutant;
  const at = random.whole(0, mutant.length - 1);
  mutant[at] = (mutant[at] ?? 0) ^ (1 << random.whole(0, 7));
  return mutant;
};

const overwrite: Mutator = (input, random) => {
  const mutant = Buffer.from(input);
  const { start, end } = rangeOf(mutant, random);
  return mutant.fill(random.one(TELLING_BYTES), start, Math.min(end, start + random.whole(1, 4)));
};

const remove: Mutator = (input, random) => {
  const { start, end } = rangeOf(input, random);
  return Buffer.concat([input.subarray(0, start), input.subarray(end)]);
};

const duplicate: Mutator = (input, random) => {
  const { start, end } = rangeOf(input, random);
  return Buffer.concat([input.subarray(0, end), input.subarray(start)]);
};

const exchange: Mutator = (input, random) => {
  const [one, two] = [rangeOf(input, random), rangeOf(input, random)].toSorted((a, b) => a.start - b.start);
  if (one === undefined || two === undefined || one.end > two.start) return input;
  const range = ({ start, end }: { start: number; end: number }) => input.subarray(start, end);
  return Buffer.concat([
    input.subarray(0, one.start),
    range(two),
    input.subarray(one.end, two.start),
    range(one),
    input.subarray(two.end),
  ]);
};

const insertNoise: Mutator = (input, random) => {
  const noise = Buffer.from(Array.from({ length: random.whole(1, 64) }, () => random.whole(0, 255)));
  return insert(input, noise, random);
};

const truncate: Mutator = (input, random) => input.subarray(0, random.whole(0, input.length));

/** What costs more than linear time shows when something small comes often. */
const repeat: Mutator = (input, random) => {
  const { start, end } = rangeOf(input, random);
  const range = input.subarray(start, Math.min(end, start + 32));
  const times = random.whole(2, MAX_REPETITIONS);
  return Buffer.concat([
    input.subarray(0, start),
    ...Array.from({ length: times }, () => range),
    input.subarray(start),
  ]);
};

export const BYTE_MUTATORS: readonly Mutator[] = [
  flipBit,
  flipBit,
  overwrite,
  remove,
  duplicate,
  exchange,
  insertNoise,
  truncate,
  repeat,
];

/** Words that mean something to the reader, anywhere. */
export function insertWords(words: readonly (string | Uint8Array)[]): Mutator {
  const tokens = words.map((word) => Buffer.from(word));
  return (input, random) => insert(input, random.one(tokens), random);
}

/** The head of one input and the tail of another. */
export function spliceWith(seeds: readonly ((random: Random) => Buffer)[]): Mutator {
  return (input, random) => {
    const other = random.one(seeds)(random);
    return Buffer.concat([
      input.subarray(0, random.whole(0, input.length)),
      other.subarray(random.whole(0, other.length)),
    ]);
  };
}

function insert(input: Buffer, bytes: Buffer, random: Random): Buffer {
  const at = random.whole(0, input.length);
  return Buffer.concat([input.subarray(0, at), bytes, input.subarray(at)]);
}

function rangeOf(input: Buffer, random: Random): { start: number; end: number } {
  const start = random.whole(0, input.length);
  return { start, end: Math.min(input.length, start + random.whole(1, MAX_RANGE_BYTES)) };
}
