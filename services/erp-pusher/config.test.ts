import { createCertificateAuthority } from "@flowstate/local/doubles/certificate.ts";
import { configProblems } from "@flowstate/local/testing/config-problems.ts";
import { PRODUCTION_DOCUMENTS } from "@flowstate/local/testing/production-settings.ts";
import { readConfig } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { erpPusherConfig } from "./config.ts";

// Pure: a configuration is read from an object instead of the environment.

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const REQUIRED = {
  ...PRODUCTION_DOCUMENTS,
  ERP_WEBHOOK_URL: "https://erp.example/hooks?tenant=1",
  ERP_WEBHOOK_SECRET: SECRET,
};

function read(environment: Record<string, string>) {
  return readConfig(erpPusherConfig.schema, erpPusherConfig.variables, environment);
}

const problemsOf = (environment: Record<string, string>) => configProblems(() => read(environment));

const tenants = (...list: object[]) => ({ FLOWSTATE_TENANTS: JSON.stringify(list) });
const ERP = { url: "https://erp.globex.example/", secrets: [SECRET] };

describe("erp-pusher's configuration", () => {
  it("needs a broker, a certificate for it, an endpoint and a secret, and has defaults for the rest", () => {
    const config = read(REQUIRED);
    expect(config).toMatchObject({
      LOG_LEVEL: "info",
      FLOWSTATE_LOCAL: false,
      GHOST_STRICT: false,
      TENANT_ID: "default",
      ERP_TIMEOUT_MS: 20_000,
      PUSHER_MEMORY_BYTES: 64 * 1024 * 1024,
    });
    expect(config.ERP_WEBHOOK_URL?.href).toBe(REQUIRED.ERP_WEBHOOK_URL);
    expect(config.ERP_WEBHOOK_SECRET).toHaveLength(1);
  });

  it("names everything that is missing at once", () => {
    expect(problemsOf({}).map((problem) => problem.split(":")[0])).toEqual([
      "NATS_URL",
      "ERP_WEBHOOK_URL",
      "ERP_WEBHOOK_SECRET",
      "NATS_CA_CERTIFICATE",
      "NATS_DOCUMENTS_CERTIFICATE",
      "NATS_DOCUMENTS_KEY",
    ]);
  });

  it("describes every variable", () => {
    for (const [name, field] of Object.entries(erpPusherConfig.schema.shape)) {
      expect(field.description, name).toMatch(/\w/);
    }
    expect(erpPusherConfig.variables).toContain("ERP_CA_CERTIFICATE");
  });

  it.each([
    "http://erp.example/hooks",
    "http://127.0.0.1:9/hooks",
    "https://user:pass@erp.example/",
    "ftp://erp.example/",
  ])("refuses %s as the ERP's endpoint", (url) => {
    expect(problemsOf({ ...REQUIRED, ERP_WEBHOOK_URL: url })).toEqual([expect.stringMatching(/^ERP_WEBHOOK_URL: /)]);
  });

  it("permits plain http to this machine in the local stack, and nowhere else", () => {
    const local = { ...REQUIRED, FLOWSTATE_LOCAL: "true" };
    expect(problemsOf({ ...local, ERP_WEBHOOK_URL: "http://127.0.0.1:9/hooks" })).toEqual([]);
    expect(problemsOf({ ...local, ERP_WEBHOOK_URL: "http://erp.example/hooks" })).toHaveLength(1);
  });

  it("refuses a secret it could not sign with, and does not quote it", () => {
    const problems = problemsOf({ ...REQUIRED, ERP_WEBHOOK_SECRET: "whsec_dG9vLXNob3J0" });
    expect(problems).toEqual([expect.stringMatching(/^ERP_WEBHOOK_SECRET: must be whsec_/)]);
    expect(problems.join()).not.toContain("dG9vLXNob3J0");
  });

  it("takes two secrets while rotating", () => {
    const config = read({ ...REQUIRED, ERP_WEBHOOK_SECRET: `${SECRET} whsec_${Buffer.alloc(32).toString("base64")}` });
    expect(config.ERP_WEBHOOK_SECRET).toHaveLength(2);
  });

  it("takes a certificate in PEM and refuses anything else", () => {
    const { certificate } = createCertificateAuthority();
    expect(read({ ...REQUIRED, ERP_CA_CERTIFICATE: certificate }).ERP_CA_CERTIFICATE).toBe(certificate);
    for (const wrong of ["/etc/ssl/ca.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]) {
      expect(problemsOf({ ...REQUIRED, ERP_CA_CERTIFICATE: wrong })).toEqual([
        "ERP_CA_CERTIFICATE: must be a certificate in PEM",
      ]);
    }
  });

  it("refuses a memory budget that one extraction could exceed", () => {
    expect(problemsOf({ ...REQUIRED, PUSHER_MEMORY_BYTES: "1000" })).toHaveLength(1);
  });
});

describe("what is agreed on with the plain tenant's ERP", () => {
  const authority = createCertificateAuthority();
  const { certificate, key } = authority.issueClient();

  it("may be a token, a client certificate and networks", () => {
    const config = read({
      ...REQUIRED,
      ERP_BEARER_TOKEN: "t0ken",
      ERP_CLIENT_CERTIFICATE: certificate,
      ERP_CLIENT_KEY: key,
      ERP_ALLOWED_NETWORKS: "10.20.0.0/16, 192.168.7.0/24",
    });
    expect(config.ERP_ALLOWED_NETWORKS).toEqual([
      { address: "10.20.0.0", prefix: 16, family: "ipv4" },
      { address: "192.168.7.0", prefix: 24, family: "ipv4" },
    ]);
    expect(config).toMatchObject({ ERP_BEARER_TOKEN: "t0ken", ERP_CLIENT_CERTIFICATE: certificate });
  });

  it.each<[string, Record<string, string>, string]>([
    ["a token with a space", { ERP_BEARER_TOKEN: "a b" }, "ERP_BEARER_TOKEN: must be letters, digits"],
    ["a certificate without its key", { ERP_CLIENT_CERTIFICATE: certificate }, "ERP_CLIENT_KEY: is required beside"],
    ["a key without its certificate", { ERP_CLIENT_KEY: key }, "ERP_CLIENT_CERTIFICATE: is required beside"],
    [
      "another's key",
      { ERP_CLIENT_CERTIFICATE: certificate, ERP_CLIENT_KEY: authority.issueClient().key },
      "ERP_CLIENT_KEY: is not the certificate's key",
    ],
    ["a public network", { ERP_ALLOWED_NETWORKS: "8.8.8.0/24" }, "ERP_ALLOWED_NETWORKS: must lie within"],
    ["no network", { ERP_ALLOWED_NETWORKS: "office" }, "ERP_ALLOWED_NETWORKS: must be a network"],
    ["only a comma for networks", { ERP_ALLOWED_NETWORKS: "," }, "ERP_ALLOWED_NETWORKS: must not be empty"],
    ["a private address that is not allowed", { ERP_WEBHOOK_URL: "https://10.20.0.5/" }, "ERP_WEBHOOK_URL: leads to"],
  ])("cannot be %s", (_what, environment, problem) => {
    const problems = problemsOf({ ...REQUIRED, ...environment });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(problem), problems[0]).toBe(true);
  });

  it("may be an address in an allowed network", () => {
    const environment = { ERP_WEBHOOK_URL: "https://10.20.0.5/", ERP_ALLOWED_NETWORKS: "10.20.0.0/16" };
    expect(problemsOf({ ...REQUIRED, ...environment })).toEqual([]);
  });
});

describe("erp-pusher's tenants", () => {
  it("may all be in FLOWSTATE_TENANTS, or one in the plain variables and others beside it", () => {
    expect(problemsOf({ ...PRODUCTION_DOCUMENTS, ...tenants({ id: "globex", erp: ERP }) })).toEqual([]);
    expect(problemsOf({ ...REQUIRED, ...tenants({ id: "globex", erp: ERP }) })).toEqual([]);
  });

  it("have their secrets as keys to sign with, two while rotating", () => {
    const fresh = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
    const config = read({
      ...PRODUCTION_DOCUMENTS,
      ...tenants({ id: "globex", erp: { ...ERP, secrets: [fresh, SECRET] } }),
    });
    const keys = config.FLOWSTATE_TENANTS?.[0]?.erp.secrets;
    expect(keys?.map((key) => `whsec_${key.toString("base64")}`)).toEqual([fresh, SECRET]);
  });

  it.each<[string, Record<string, string>, readonly string[]]>([
    ["an ERP", tenants({ id: "globex" }), ["FLOWSTATE_TENANTS: tenant 1 (globex): erp is required"]],
    [
      "secrets that can be signed with",
      tenants(
        { id: "globex", erp: { ...ERP, secrets: ["whsec_dG9vLXNob3J0", SECRET] } },
        { id: "initech", erp: { ...ERP, secrets: [SECRET, `${SECRET} ${SECRET}`] } },
      ),
      [
        "FLOWSTATE_TENANTS: tenant 1 (globex): erp.secrets[0] must be whsec_ and base64 of 24 to 64 bytes",
        "FLOWSTATE_TENANTS: tenant 2 (initech): erp.secrets[1] must be whsec_ and base64 of 24 to 64 bytes",
      ],
    ],
    [
      "https outside the local stack",
      tenants({ id: "globex", erp: { ...ERP, url: "http://127.0.0.1:9/hooks" } }),
      ["FLOWSTATE_TENANTS: tenant globex: erp.url must be an https URL (plain http needs FLOWSTATE_LOCAL=true)"],
    ],
    [
      "keys that can be signed with",
      tenants({ id: "globex", erp: { ...ERP, signing_keys: [SECRET] } }),
      ["FLOWSTATE_TENANTS: tenant 1 (globex): erp.signing_keys[0] must be whsk_ and base64 of an ed25519 key"],
    ],
    [
      "one way to authorize",
      tenants({ id: "globex", erp: { ...ERP, bearer_token: "t", headers: { Authorization: "Basic dTpw" } } }),
      ["FLOWSTATE_TENANTS: tenant 1 (globex): erp.headers must not have authorization beside bearer_token"],
    ],
    [
      "networks that sites have",
      tenants({ id: "globex", erp: { ...ERP, allowed_networks: ["10.0.0.0/8", "0.0.0.0/0"] } }),
      [expect.stringMatching(/^FLOWSTATE_TENANTS: tenant 1 \(globex\): erp\.allowed_networks\[1\] must lie within/)],
    ],
    [
      "addresses that may be delivered to",
      tenants({ id: "globex", erp: { ...ERP, url: "https://169.254.169.254/" } }),
      [expect.stringMatching(/^FLOWSTATE_TENANTS: tenant globex: erp\.url leads to/)],
    ],
    [
      "mappings of what there is",
      tenants({ id: "globex", erp: { ...ERP, payload: { fields: { number: "/no_such_field" } } } }),
      [expect.stringMatching(/^FLOWSTATE_TENANTS: tenant 1 \(globex\): erp\.payload\.fields\.number must/)],
    ],
    [
      "all of the plain variables when one of them is set",
      { ...tenants({ id: "globex", erp: ERP }), ERP_WEBHOOK_URL: REQUIRED.ERP_WEBHOOK_URL },
      ["ERP_WEBHOOK_SECRET: is required beside the other variables of its tenant"],
    ],
    [
      "more than a certificate in the plain variables",
      {
        ...tenants({ id: "globex", erp: ERP }),
        ERP_CA_CERTIFICATE: createCertificateAuthority().certificate,
      },
      [
        "ERP_WEBHOOK_URL: is required beside the other variables of its tenant",
        "ERP_WEBHOOK_SECRET: is required beside the other variables of its tenant",
      ],
    ],
    [
      "ids of their own",
      { ...REQUIRED, TENANT_ID: "globex", ...tenants({ id: "globex", erp: ERP }) },
      ["TENANT_ID: is also the id of a tenant in FLOWSTATE_TENANTS"],
    ],
  ])("need %s", (_what, environment, problems) => {
    expect(problemsOf({ ...PRODUCTION_DOCUMENTS, ...environment })).toEqual(problems);
  });

  it("may be on this machine in the local stack", () => {
    const local = tenants({ id: "globex", erp: { ...ERP, url: "http://127.0.0.1:9/hooks" } });
    expect(problemsOf({ ...PRODUCTION_DOCUMENTS, FLOWSTATE_LOCAL: "true", ...local })).toEqual([]);
  });

  it("have all their problems told at once, those of the broker too", () => {
    const list = tenants({ id: "globex" }, { id: "initech", erp: { ...ERP, url: "http://localhost/" } });
    expect(problemsOf({ ...list, ERP_CA_CERTIFICATE: "x" }).map((problem) => problem.split(" ", 3).join(" "))).toEqual([
      "ERP_CA_CERTIFICATE: must be",
      "FLOWSTATE_TENANTS: tenant 1",
      "NATS_URL: is required",
      "ERP_WEBHOOK_URL: is required",
      "ERP_WEBHOOK_SECRET: is required",
      "FLOWSTATE_TENANTS: tenant initech:",
      "NATS_CA_CERTIFICATE: is required",
      "NATS_DOCUMENTS_CERTIFICATE: is required",
      "NATS_DOCUMENTS_KEY: is required",
    ]);
  });
});
