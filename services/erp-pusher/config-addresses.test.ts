import { configProblems } from "@flowstate/local/testing/config-problems.ts";
import { PRODUCTION_DOCUMENTS } from "@flowstate/local/testing/production-settings.ts";
import { readConfig } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { erpPusherConfig } from "./config.ts";

// Pure: a configuration is read from an object instead of the environment.

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const plain = (url: string) => ({ ERP_WEBHOOK_URL: url, ERP_WEBHOOK_SECRET: SECRET });
const listed = (url: string, allowed?: readonly string[]) => ({
  FLOWSTATE_TENANTS: JSON.stringify([
    { id: "globex", erp: { url, secrets: [SECRET], ...(allowed && { allowed_networks: allowed }) } },
  ]),
});

const problemsOf = (environment: NodeJS.ProcessEnv) =>
  configProblems(() =>
    readConfig(erpPusherConfig.schema, erpPusherConfig.variables, { ...PRODUCTION_DOCUMENTS, ...environment }),
  );

describe("an address in an ERP's URL", () => {
  it.each(["https://10.1/", "https://0xa000001/hooks", "https://012.0.0.1./", "https://167772161:8443/"])(
    "that is private is a problem at start: %s",
    (url) => {
      const problem = "leads to a private address, which needs an allowed network";
      expect(problemsOf(plain(url))).toEqual([`ERP_WEBHOOK_URL: ${problem}`]);
      expect(problemsOf(listed(url))).toEqual([`FLOWSTATE_TENANTS: tenant globex: erp.url ${problem}`]);
    },
  );

  it.each(["https://10.1/", "https://10.20.0.9/"])("is none in an allowed network: %s", (url) => {
    expect(problemsOf({ ...plain(url), ERP_ALLOWED_NETWORKS: "192.168.0.0/16, 10.0.0.0/8" })).toEqual([]);
    expect(problemsOf(listed(url, ["10.0.0.0/8"]))).toEqual([]);
    expect(problemsOf(listed(url, ["10.99.0.0/16"]))).toHaveLength(1);
  });

  it.each(["https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://2130706433/"])(
    "that is this machine's is a problem outside the local stack, whatever is allowed: %s",
    (url) => {
      expect(problemsOf({ ...plain(url), ERP_ALLOWED_NETWORKS: "10.0.0.0/8" })).toEqual([
        "ERP_WEBHOOK_URL: leads to this machine itself, to which nothing is ever sent",
      ]);
      expect(problemsOf({ ...plain(url), FLOWSTATE_LOCAL: "true" })).toEqual([]);
    },
  );

  it("cannot be opened by a network that is no site's own", () => {
    for (const network of ["0.0.0.0/0", "127.0.0.0/8", "169.254.0.0/16"]) {
      const environment = { ...plain("https://erp.example/"), ERP_ALLOWED_NETWORKS: network };
      expect(problemsOf(environment)).toEqual([expect.stringMatching(/^ERP_ALLOWED_NETWORKS: must lie within /)]);
      expect(problemsOf(listed("https://erp.example/", [network]))).toEqual([
        expect.stringMatching(/^FLOWSTATE_TENANTS: tenant 1 \(globex\): erp.allowed_networks\[0\] must lie within /),
      ]);
    }
  });
});
