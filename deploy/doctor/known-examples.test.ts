// Real: the pages of the repository. Nothing is doubled.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { KNOWN_EXAMPLES } from "./known-examples.ts";

const DOCS = join(import.meta.dirname, "../../docs");
const SECRET_LIKE = /\bwhs(?:ec|k)_[A-Za-z0-9+/]{24,}={0,2}|"[0-9a-f]{64}"/g;

it("every secret that our pages show is known as an example", () => {
  const pages = readdirSync(DOCS, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
  const shown = pages.flatMap((name) => readFileSync(join(DOCS, name), "utf8").match(SECRET_LIKE) ?? []);
  expect(shown.length).toBeGreaterThan(2);
  expect(shown.map((text) => text.replaceAll('"', "")).filter((text) => !KNOWN_EXAMPLES.has(text))).toEqual([]);
});
