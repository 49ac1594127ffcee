import { configProblems } from "@flowstate/local/testing/config-problems.ts";
import { PRODUCTION_DOCUMENTS } from "@flowstate/local/testing/production-settings.ts";
import { readConfig } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { extractorConfig } from "./config.ts";

// Real: the schema and the reader of @flowstate/runtime. No process environment.

const minimal = PRODUCTION_DOCUMENTS;

const problemsOf = (environment: Record<string, string>) =>
  configProblems(() => readConfig(extractorConfig.schema, extractorConfig.variables, environment));

describe("the extractor's configuration", () => {
  it("needs the broker and nothing else", () => {
    const config = readConfig(extractorConfig.schema, extractorConfig.variables, minimal);
    expect(config).toMatchObject({
      GEMINI_MODEL: "gemini-2.5-flash",
      MAX_UPLOAD_BYTES: 20_971_520,
      EXTRACTOR_MEMORY_BYTES: 268_435_456,
      GHOST_STRICT: false,
      FLOWSTATE_LOCAL: false,
    });
    expect(config.GEMINI_API_KEY).toBeUndefined();
    expect(config.GEMINI_BASE_URL.href).toBe("https://generativelanguage.googleapis.com/");
    expect(problemsOf({})).toEqual(Object.keys(minimal).map((name) => `${name}: is required`));
  });

  it("takes plain http for Gemini in the local stack only, and only to this machine", () => {
    const GEMINI_BASE_URL = "http://127.0.0.1:9000";
    expect(problemsOf({ ...minimal, GEMINI_BASE_URL, FLOWSTATE_LOCAL: "true" })).toEqual([]);
    expect(problemsOf({ ...minimal, GEMINI_BASE_URL })).toEqual([expect.stringMatching(/^GEMINI_BASE_URL: /)]);
    expect(problemsOf({ ...minimal, GEMINI_BASE_URL: "http://gemini.example", FLOWSTATE_LOCAL: "true" })).toEqual([
      expect.stringMatching(/^GEMINI_BASE_URL: /),
    ]);
  });

  it("refuses a budget that the largest document never fits into", () => {
    expect(problemsOf({ ...minimal, EXTRACTOR_MEMORY_BYTES: "1048576" })).toEqual([
      expect.stringMatching(/^EXTRACTOR_MEMORY_BYTES: must be at least MAX_UPLOAD_BYTES/),
    ]);
  });

  it("refuses a model name that could not stand in the audit log", () => {
    expect(problemsOf({ ...minimal, GEMINI_MODEL: "models/../x" })).toEqual([expect.stringMatching(/^GEMINI_MODEL: /)]);
  });

  it("quotes no secret in a problem", () => {
    expect(problemsOf({ ...minimal, GEMINI_API_KEY: "short" }).join()).not.toContain("short");
  });

  it("describes every variable", () => {
    for (const name of extractorConfig.variables) {
      const field = Reflect.get(extractorConfig.schema.shape, name);
      expect(field?.description, name).toMatch(/\.$/);
    }
  });

  it("takes the policy of all tenants, and names what is wrong in it without its value", () => {
    const read = (policy: string) =>
      readConfig(extractorConfig.schema, extractorConfig.variables, { ...minimal, EXTRACTION_POLICY: policy });
    expect(read('{"on_invalid":"push_flagged"}').EXTRACTION_POLICY).toEqual({
      on_invalid: "push_flagged",
      on_ungrounded: "warn",
      extra_fields: [],
    });
    for (const policy of ["no JSON", "[]", '{"on_invalid":"maybe"}', '{"extra_fields":[{"name":"A B"}]}']) {
      expect(() => read(policy)).toThrow(/EXTRACTION_POLICY: must be a JSON object/);
      expect(() => read(policy)).not.toThrow(/maybe|A B/);
    }
  });
});
