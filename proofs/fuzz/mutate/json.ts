import type { Random } from "../../crash/plan/random.ts";
import { CANARY } from "../checks/canary.ts";
import type { Mutator } from "./mutator.ts";

/** Mutations of JSON: still JSON in most cases, so that what reads its meaning is reached. */

const MAX_NESTING = 3_000;
const MAX_LENGTH = 20_000;

/** Texts of JSON, in place of any value. */
const VALUES: readonly ((random: Random) => string)[] = [
  () => "null",
  () => "true",
  () => "-1",
  () => "1e400",
  () => "-0",
  () => "9007199254740993",
  () => "1.5",
  () => '""',
  () => "{}",
  () => "[]",
  () => JSON.stringify(CANARY),
  () => '"\\ud800"',
  () => '"\\u0000"',
  () => '"__proto__"',
  () => '{"__proto__":{"isAdmin":true},"constructor":1}',
  (random) => JSON.stringify("x".repeat(random.whole(100, MAX_LENGTH))),
  (random) => `${"[".repeat(random.whole(10, MAX_NESTING))}1`,
  (random) => {
    const depth = random.whole(10, MAX_NESTING);
    return `${"[".repeat(depth)}${"]".repeat(depth)}`;
  },
  (random) => `[${Array.from({ length: random.whole(100, 2_000) }, () => JSON.stringify(CANARY)).join()}]`,
];

/** Names of members, and values as they stand in the text: strings, numbers, words. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/g;

function ofTokens(change: (text: string, token: RegExpExecArray, random: Random) => string): Mutator {
  return (input, random) => {
    const text = input.toString("latin1");
    const tokens = [...text.matchAll(TOKEN)];
    if (tokens.length === 0) return input;
    return Buffer.from(change(text, random.one(tokens), random), "latin1");
  };
}

const otherValue = ofTokens((text, { index, 0: token }, random) => {
  return text.slice(0, index) + random.one(VALUES)(random) + text.slice(index + token.length);
});
const sameAsAnother = ofTokens((text, { index, 0: token }, random) => {
  const [other] = random.one([...text.matchAll(TOKEN)]);
  return text.slice(0, index) + other + text.slice(index + token.length);
});
const oneMemberMore = ofTokens((text, { index, 0: token }, random) => {
  const member = `${random.one([token, '"__proto__"', JSON.stringify(CANARY)])}:${random.one(VALUES)(random)}`;
  const brace = text.indexOf("{", random.percent(50) ? 0 : index);
  return brace === -1 ? text : `${text.slice(0, brace + 1)}${member},${text.slice(brace + 1)}`;
});
const otherCase = ofTokens((text, { index, 0: token }, random) => {
  const changed = random.one([token.toUpperCase(), token.toLowerCase(), token.replace(/\w/, "\\u0041"), `${token} `]);
  return text.slice(0, index) + changed + text.slice(index + token.length);
});

export const JSON_MUTATORS: readonly Mutator[] = [otherValue, otherValue, sameAsAnother, oneMemberMore, otherCase];
