import { configProblems } from "@flowstate/local/testing/config-problems.ts";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { digestOfKey, findApiKey } from "./api-keys.ts";
import { ALSO_WITH_PROBLEMS, readConfig } from "./config.ts";
import { apiKeysOf, apiSecretSetting, configuredTenants, refusePlainTenant, tenantIdSetting } from "./plain-tenant.ts";
import { tenantSchema } from "./tenants.ts";
import { tenantsSetting } from "./tenants-setting.ts";

/* Real: the settings, the check across them, the reading of configuration. Doubled: the environment, an object. */

const shape = {
  TENANT_ID: tenantIdSetting,
  TENANT_ADDRESS: z
    .string()
    .transform((list) => list.split(","))
    .optional(),
  API_SECRET: apiSecretSetting,
  OPTION: z.string().optional(),
  FLOWSTATE_TENANTS: tenantsSetting(tenantSchema),
  OTHER: z.string("is required"),
};
const schema = z.object(shape).superRefine((config, context) => {
  const { API_SECRET, TENANT_ADDRESS, OPTION } = config;
  refusePlainTenant(config, { needed: { API_SECRET, TENANT_ADDRESS }, optional: { OPTION } }, context);
}, ALSO_WITH_PROBLEMS);

const OTHER = { OTHER: "set" };
const read = (environment: NodeJS.ProcessEnv) => readConfig(schema, Object.keys(shape), { ...OTHER, ...environment });

const problemsOf = (environment: NodeJS.ProcessEnv) => configProblems(() => read(environment));

const KEY = "key-of-acme-0123456789";
const OTHER_KEY = "key-of-globex-0123456789";
const PLAIN = { TENANT_ID: "acme", TENANT_ADDRESS: "a@acme.example,b@acme.example", API_SECRET: KEY };
const GLOBEX = { id: "globex", addresses: ["a@globex.example"], api_keys: [digestOfKey(OTHER_KEY).toString("hex")] };
const tenants = (...list: object[]) => ({ FLOWSTATE_TENANTS: JSON.stringify(list) });

describe("the plain tenant", () => {
  it("is enough", () => {
    expect(configuredTenants(read(PLAIN))).toEqual([
      {
        id: "acme",
        plan: "starter",
        addresses: ["a@acme.example", "b@acme.example"],
        senders: { allow: undefined, require: [] },
        api_keys: [{ digest: digestOfKey(KEY), scopes: new Set(["submit", "read"]) }],
      },
    ]);
  });

  it("is called default unless it is given a name", () => {
    const { TENANT_ID: _, ...unnamed } = PLAIN;
    expect(configuredTenants(read(unnamed)).map(({ id }) => id)).toEqual(["default"]);
  });

  it("stands beside others", () => {
    const both = configuredTenants(read({ ...PLAIN, ...tenants(GLOBEX) }));
    expect(both.map(({ id }) => id)).toEqual(["acme", "globex"]);
    expect(findApiKey(apiKeysOf(both), KEY)?.tenant).toBe("acme");
    expect(findApiKey(apiKeysOf(both), OTHER_KEY)?.tenant).toBe("globex");
  });

  it("may be absent when there are others", () => {
    expect(configuredTenants(read(tenants(GLOBEX))).map(({ id }) => id)).toEqual(["globex"]);
  });

  it.each<[string, NodeJS.ProcessEnv, readonly string[]]>([
    [
      "when there is no other",
      {},
      [
        "API_SECRET: is required unless FLOWSTATE_TENANTS is set",
        "TENANT_ADDRESS: is required unless FLOWSTATE_TENANTS is set",
      ],
    ],
    [
      "when half of it is there and no other",
      { API_SECRET: KEY },
      ["TENANT_ADDRESS: is required unless FLOWSTATE_TENANTS is set"],
    ],
    [
      "when half of it stands beside others",
      { API_SECRET: KEY, ...tenants(GLOBEX) },
      ["TENANT_ADDRESS: is required beside the other variables of its tenant"],
    ],
    [
      "when only its name stands beside others",
      { TENANT_ID: "acme", ...tenants(GLOBEX) },
      [
        "API_SECRET: is required beside the other variables of its tenant",
        "TENANT_ADDRESS: is required beside the other variables of its tenant",
      ],
    ],
    [
      "when only what is optional of it stands beside others",
      { OPTION: "set", ...tenants(GLOBEX) },
      [
        "API_SECRET: is required beside the other variables of its tenant",
        "TENANT_ADDRESS: is required beside the other variables of its tenant",
      ],
    ],
  ])("is asked for %s", (_when, environment, problems) => {
    expect(problemsOf(environment)).toEqual(problems);
  });

  it.each<[string, object, string]>([
    ["id", { ...GLOBEX, id: "acme" }, "TENANT_ID: is also the id of a tenant in FLOWSTATE_TENANTS"],
    [
      "addresses",
      { ...GLOBEX, addresses: ["c@globex.example", "B@acme.example"] },
      "TENANT_ADDRESS: has an address of tenant globex in FLOWSTATE_TENANTS",
    ],
    [
      "key",
      { ...GLOBEX, api_keys: [digestOfKey(KEY).toString("hex").toUpperCase()] },
      "API_SECRET: is also a key of tenant globex in FLOWSTATE_TENANTS",
    ],
  ])("shares its %s with no other", (_what, other, problem) => {
    expect(problemsOf({ ...PLAIN, ...tenants(other) })).toEqual([problem]);
  });

  it("is held against others although other variables, and other tenants, have problems", () => {
    const environment = { ...PLAIN, OTHER: "", ...tenants({ id: "UPPER" }, { ...GLOBEX, id: "acme" }) };
    expect(problemsOf(environment).map((problem) => problem.split(":", 1)[0])).toEqual([
      "FLOWSTATE_TENANTS",
      "OTHER",
      "TENANT_ID",
    ]);
  });

  it("is not asked for in place of a list that is broken or cannot be read", () => {
    for (const broken of ["[", "[7]", "file:/nowhere/tenants.json"]) {
      expect(problemsOf({ FLOWSTATE_TENANTS: broken })).toEqual([expect.stringMatching(/^FLOWSTATE_TENANTS: /)]);
    }
  });

  it("is not asked for a variable whose file cannot be read", () => {
    expect(problemsOf({ ...PLAIN, API_SECRET: "file:/nowhere/key" })).toEqual([
      "API_SECRET: the file it names cannot be read",
    ]);
  });
});
