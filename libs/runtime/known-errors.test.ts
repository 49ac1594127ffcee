// Real: every source of the libraries and the services. Nothing is doubled.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ERROR_CODES, ERROR_NAMES } from "./known-errors.ts";

const ROOT = join(import.meta.dirname, "../..");
const sources = globSync("{libs,services}/**/*.ts", { cwd: ROOT })
  .filter((path) => !path.includes("node_modules") && !/\.test\.ts$|\/testing\//.test(path))
  .map((path) => readFileSync(join(ROOT, path), "utf8"));

it("every error class of ours is known by its name", () => {
  const names = sources.flatMap((source) => [...source.matchAll(/this\.name = "(\w+)"/g)].map(([, name]) => name));
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name) => name === undefined || !ERROR_NAMES.has(name))).toEqual([]);
});

it.each([
  "ECONNREFUSED",
  "ERR_OUT_OF_RANGE",
  "UND_ERR_SOCKET",
  "HPE_INVALID_CONSTANT",
  "23505",
  "57P01",
  "CERT_HAS_EXPIRED",
])("a code of the platform's is known: %s", (code) => {
  expect(ERROR_CODES.has(code)).toBe(true);
});

it.each(["acme", "document_acme", "ACME_GMBH", "ERR_acme", "ERR_", "Invoice"])("%s is no code", (code) => {
  expect(ERROR_CODES.has(code)).toBe(false);
});
