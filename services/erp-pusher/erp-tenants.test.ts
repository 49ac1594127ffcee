import { tenantIdSchema } from "@flowstate/contracts";
import { PRODUCTION_DOCUMENTS } from "@flowstate/local/testing/production-settings.ts";
import { readConfig } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { erpPusherConfig } from "./config.ts";
import { erpTenants } from "./erp-tenants.ts";

// Pure: a configuration is read from an object instead of the environment.

const [ACME_SECRET, GLOBEX_SECRET] = [1, 2].map((fill) => `whsec_${Buffer.alloc(32, fill).toString("base64")}`);
const PLAIN = {
  TENANT_ID: "acme",
  ERP_WEBHOOK_URL: "https://erp.acme.example/",
  ERP_WEBHOOK_SECRET: ACME_SECRET,
  ERP_TIMEOUT_MS: "7000",
};
const GLOBEX = {
  id: "globex",
  erp: { url: "https://erp.globex.example/", secrets: [GLOBEX_SECRET], timeout_ms: 3_000 },
};
const INITECH = { id: "initech", erp: { url: "https://erp.initech.example/", secrets: [GLOBEX_SECRET] } };

/** Url, first secret and time limit of each tenant. */
function tenantsOf(environment: NodeJS.ProcessEnv) {
  const config = readConfig(erpPusherConfig.schema, erpPusherConfig.variables, {
    ...PRODUCTION_DOCUMENTS,
    ...environment,
  });
  return [...erpTenants(config)].map(([id, { endpoint, secrets, timeoutMs }]) => [
    id,
    endpoint.url.href,
    `whsec_${secrets[0].toString("base64")}`,
    timeoutMs,
  ]);
}

describe("erpTenants", () => {
  it("knows the ERP of the plain variables and of each further tenant, none with the settings of another", () => {
    expect(tenantsOf({ ...PLAIN, FLOWSTATE_TENANTS: JSON.stringify([GLOBEX, INITECH]) })).toEqual([
      ["acme", "https://erp.acme.example/", ACME_SECRET, 7_000],
      ["globex", "https://erp.globex.example/", GLOBEX_SECRET, 3_000],
      ["initech", "https://erp.initech.example/", GLOBEX_SECRET, 7_000],
    ]);
  });

  it("knows one tenant where one is configured", () => {
    expect(tenantsOf(PLAIN).map(([id]) => id)).toEqual(["acme"]);
    expect(tenantsOf({ FLOWSTATE_TENANTS: JSON.stringify([GLOBEX]) }).map(([id]) => id)).toEqual(["globex"]);
  });

  it("knows no other", () => {
    const config = readConfig(erpPusherConfig.schema, erpPusherConfig.variables, { ...PRODUCTION_DOCUMENTS, ...PLAIN });
    expect(erpTenants(config).get(tenantIdSchema.parse("default"))).toBeUndefined();
  });

  it("knows what was agreed on with each, and nothing that was not", () => {
    const key = `whsk_${Buffer.alloc(32, 5).toString("base64")}`;
    const erp = {
      ...GLOBEX.erp,
      signing_keys: [key],
      bearer_token: "globex-token",
      headers: { "X-Api-Key": "k" },
      max_concurrency: 2,
      payload: { fields: { number: "/document_number" } },
    };
    const config = readConfig(erpPusherConfig.schema, erpPusherConfig.variables, {
      ...PRODUCTION_DOCUMENTS,
      ...PLAIN,
      ERP_BEARER_TOKEN: "acme-token",
      FLOWSTATE_TENANTS: JSON.stringify([{ id: "globex", erp }, INITECH]),
    });
    const agreed = [...erpTenants(config)].map(([id, { headers, signingKeys, maxConcurrency, mapping }]) => ({
      id,
      headers,
      keys: signingKeys.length,
      maxConcurrency,
      mapped: mapping !== undefined,
    }));
    expect(agreed).toEqual([
      { id: "acme", headers: { authorization: "Bearer acme-token" }, keys: 0, maxConcurrency: 8, mapped: false },
      {
        id: "globex",
        headers: { authorization: "Bearer globex-token", "x-api-key": "k" },
        keys: 1,
        maxConcurrency: 2,
        mapped: true,
      },
      { id: "initech", headers: {}, keys: 0, maxConcurrency: 8, mapped: false },
    ]);
  });
});
