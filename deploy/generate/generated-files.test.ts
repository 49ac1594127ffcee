import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { extractionSchema } from "../../libs/contracts/index.ts";
import { asyncApi } from "./asyncapi.ts";
import { envExample } from "./configuration-page.ts";
import { allVariables, SERVICE_CONFIGS, variablesOf } from "./environment.ts";
import { extractionPage } from "./extraction-page.ts";
import { GENERATED_FILES } from "./generated-files.ts";

/* Real: the schemas, the generators and the files as they are checked in. Nothing is doubled. */

describe("each generated file", () => {
  it.each(Object.entries(GENERATED_FILES))("%s is what the generator makes of the sources", (path, generate) => {
    const checkedIn = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
    expect(checkedIn, "run: npm run generate").toBe(generate());
  });
});

describe("the configuration page", () => {
  it("has every variable of every service, each described", () => {
    const described = allVariables().map(({ name }) => name);
    for (const { variables } of Object.values(SERVICE_CONFIGS))
      expect(described).toEqual(expect.arrayContaining([...variables]));
  });

  it.each(Object.entries(SERVICE_CONFIGS))("marks the secrets of %s and gives them no default", (service, config) => {
    const variables = variablesOf(service, config);
    const secrets = variables.filter(({ secret }) => secret);
    expect(secrets.length).toBeGreaterThan(0);
    expect(secrets.filter(({ fallback }) => fallback !== undefined)).toEqual([]);
    const looksSecret = variables.filter(({ name }) => /SECRET|PASSWORD|API_KEY|DATABASE_URL/.test(name));
    expect(looksSecret.filter(({ secret }) => !secret)).toEqual([]);
  });

  it("never gives a required variable a value in the example environment", () => {
    const assigned = envExample()
      .split("\n")
      .filter((line) => /^[A-Z_]+=/.test(line));
    expect(assigned.length).toBeGreaterThan(0);
    expect(assigned.filter((line) => !line.endsWith("="))).toEqual([]);
  });
});

describe("the page on the extraction", () => {
  it("has a row for every field of the schema", () => {
    const page = extractionPage();
    const names = new Set<string>();
    walk(extractionSchema.toJSONSchema(), "", ({ properties }) => {
      for (const name of Object.keys(Object(properties))) names.add(name);
    });
    expect(names.size).toBeGreaterThan(60);
    // Parts of the same shape share their rows; a heading then names each part.
    const unnamed = [...names].filter((name) => !new RegExp(`[\`.]${name}\``).test(page));
    expect(unnamed).toEqual([]);
  });
});

describe("the AsyncAPI document", () => {
  it("has no reference that leads nowhere", () => {
    const document: unknown = JSON.parse(asyncApi());
    const references = [...asyncApi().matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, pointer]) => pointer ?? "");
    expect(references.length).toBeGreaterThan(0);
    for (const pointer of references) {
      const target = pointer.split("/").reduce<unknown>((node, key) => Object(node)[key], document);
      expect(target, pointer).toBeTypeOf("object");
    }
  });

  it("closes every event's data and envelope", () => {
    const document: unknown = JSON.parse(asyncApi());
    const open: string[] = [];
    walk(document, "", (node, path) => {
      if (node["type"] === "object" && node["additionalProperties"] !== false) open.push(path);
    });
    expect(open).toEqual([]);
  });
});

function walk(node: unknown, path: string, visit: (node: Record<string, unknown>, path: string) => void): void {
  if (typeof node !== "object" || node === null) return;
  visit(Object(node), path);
  for (const [key, child] of Object.entries(node)) walk(child, `${path}/${key}`, visit);
}
