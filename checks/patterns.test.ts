// Real: the sources of the services and of the libraries. Doubled: nothing.
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");

/** Makes patterns in a function, of lists of words that are written down there. */
const OF_WRITTEN_WORDS = ["services/extractor/grounding/labels/word-families.ts"];

/** A module's own patterns stand at its beginning, so in no block; what is made in one could be made of what a document says. */
const MADE_IN_A_BLOCK = /^[ \t]+(?!\*|\/\/).*\bRegExp\(/m;

const SOURCES = globSync("{services,libs}/**/*.ts", { cwd: ROOT })
  .filter((path) => !/node_modules|\btesting\/|\.test\.ts$|\.testsuite\.ts$/.test(path))
  .map((path) => ({ path, source: readFileSync(join(ROOT, path), "utf8") }));

// V8 keeps patterns for several collections (ADR 0048).
it("no regular expression is made of what a document says", () => {
  const made = SOURCES.filter(({ source }) => MADE_IN_A_BLOCK.test(source)).map(({ path }) => path);
  expect(made).toEqual(OF_WRITTEN_WORDS);
});

it.each([
  ["a function", "function find(value: string) {\n  return new RegExp(value);\n}\n", true],
  ["a module", 'const WORDS = ["a"];\n\nconst FOUND = new RegExp(WORDS.join("|"));\n', false],
  ["a comment", " * const FOUND = new RegExp(value);\n", false],
])("one that is made in %s is told apart", (_where, source, isFound) => {
  expect(MADE_IN_A_BLOCK.test(source)).toBe(isFound);
});
