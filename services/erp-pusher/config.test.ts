import { createCertificateAuthority } from "@flowstate/local/doubles/certificate.ts";
import { ConfigError, readConfig } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { erpPusherConfig } from "./config.ts";

// Pure: a configuration is read from an object instead of the environment.

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const REQUIRED = {
  NATS_URL: "nats://127.0.0.1:4222",
  NATS_DOCUMENTS_PASSWORD: "a-long-enough-password",
  ERP_WEBHOOK_URL: "https://erp.example/hooks?tenant=1",
  ERP_WEBHOOK_SECRET: SECRET,
};

function read(environment: Record<string, string>) {
  return readConfig(erpPusherConfig.schema, erpPusherConfig.variables, environment);
}

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    read(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe("erp-pusher's configuration", () => {
  it("needs a broker, a password, an endpoint and a secret, and has defaults for the rest", () => {
    const config = read(REQUIRED);
    expect(config).toMatchObject({
      LOG_LEVEL: "info",
      FLOWSTATE_LOCAL: false,
      GHOST_STRICT: false,
      TENANT_ID: "default",
      ERP_TIMEOUT_MS: 20_000,
      PUSHER_MEMORY_BYTES: 64 * 1024 * 1024,
    });
    expect(config.ERP_WEBHOOK_URL.href).toBe(REQUIRED.ERP_WEBHOOK_URL);
    expect(config.ERP_WEBHOOK_SECRET).toHaveLength(1);
  });

  it("names everything that is missing at once", () => {
    expect(problemsOf({}).map((problem) => problem.split(":")[0])).toEqual([
      "NATS_URL",
      "NATS_DOCUMENTS_PASSWORD",
      "ERP_WEBHOOK_URL",
      "ERP_WEBHOOK_SECRET",
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
