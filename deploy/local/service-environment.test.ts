import { createHash } from "node:crypto";
import { HARDENED_ENVIRONMENT } from "@flowstate/ghost";
import { describe, expect, it } from "vitest";
import {
  SERVICE_NAMES,
  type ServiceName,
  type Surroundings,
  serviceEnvironment,
  stackSettings,
} from "./service-environment.ts";

// Pure: nothing is started.

const surroundings: Surroundings = {
  settings: stackSettings({}),
  natsUrl: "nats://127.0.0.1:1",
  natsPasswords: {
    "ingest-documents": "of ingest-documents",
    "ingest-events": "of ingest-events",
    extractor: "of extractor",
    "erp-pusher": "of erp-pusher",
    operations: "of operations",
    audit: "of audit",
    admin: "of admin",
  },
  database: { url: "postgres://owner@127.0.0.1:2/flowstate", apiUrl: "postgres://api@127.0.0.1:2/flowstate" },
  erpWebhookUrl: "http://127.0.0.1:3/webhooks/flowstate",
};

const secretsOf: Readonly<Record<ServiceName, readonly string[]>> = {
  ingest: [
    "of ingest-documents",
    "of ingest-events",
    surroundings.settings.apiKey,
    surroundings.settings.documentIdSecret,
  ],
  extractor: ["of extractor"],
  "erp-pusher": ["of erp-pusher", surroundings.settings.erpWebhookSecret],
  audit: [
    "of audit",
    surroundings.settings.apiKey,
    surroundings.database.url,
    surroundings.database.apiUrl,
    surroundings.settings.auditSigningKey,
  ],
};
const { adminKey } = surroundings.settings;
const allSecrets = [...new Set([...Object.values(secretsOf).flat(), "of admin", "of operations", adminKey])];

describe("stackSettings", () => {
  it("makes other secrets for every run", () => {
    const { apiKey, adminKey, documentIdSecret, erpWebhookSecret, auditSigningKey } = stackSettings({});
    const secrets = [apiKey, adminKey, documentIdSecret, erpWebhookSecret, auditSigningKey];
    expect(new Set([...secrets, ...Object.values(stackSettings({}))]).size).toBe(12);
  });

  it("keeps what the user set, and takes an empty value for none", () => {
    const settings = stackSettings({ API_SECRET: "chosen", TENANT_ID: "acme", TENANT_ADDRESS: "" });
    expect(settings).toMatchObject({ apiKey: "chosen", tenantId: "acme", tenantAddress: "documents@demo.example" });
  });
});

describe("serviceEnvironment", () => {
  it.each(SERVICE_NAMES)("gives %s its own secrets and no others", (service) => {
    const values = Object.values(serviceEnvironment(service, surroundings, {}, undefined));
    expect(allSecrets.filter((secret) => values.includes(secret)).sort()).toEqual([...secretsOf[service]].sort());
  });

  it.each(SERVICE_NAMES)("starts %s hardened, and with nothing else of the user's shell", (service) => {
    const shell = { AWS_SECRET_ACCESS_KEY: "secret", NODE_OPTIONS: "--heap-prof", PATH: "/bin", PGOPTIONS: "x" };
    const environment = serviceEnvironment(service, surroundings, shell, undefined);
    expect(environment).toMatchObject({ ...HARDENED_ENVIRONMENT, FLOWSTATE_LOCAL: "true" });
    for (const name of Object.keys(shell)) expect(environment).not.toHaveProperty(name);
  });

  it("gives audit the digest of the operator's key, not the key", () => {
    const digest = createHash("sha256").update(adminKey).digest("hex");
    expect(serviceEnvironment("audit", surroundings, {}, undefined)["ADMIN_API_KEYS"]).toBe(digest);
  });

  it("hands the Gemini key to the extractor only", () => {
    const holders = SERVICE_NAMES.filter(
      (service) => "GEMINI_API_KEY" in serviceEnvironment(service, surroundings, { GEMINI_API_KEY: "key" }, undefined),
    );
    expect(holders).toEqual(["extractor"]);
  });

  it("applies one size limit to the services that hold the PDF", () => {
    const limits = SERVICE_NAMES.map(
      (service) =>
        serviceEnvironment(service, surroundings, { MAX_UPLOAD_BYTES: "5000" }, undefined)["MAX_UPLOAD_BYTES"],
    );
    expect(limits).toEqual(["5000", "5000", undefined, undefined]);
  });

  it("listens on any free port of this machine, on the user's port, and on the same one after a restart", () => {
    const portOf = (given: NodeJS.ProcessEnv, port?: number) =>
      serviceEnvironment("ingest", surroundings, given, port)["INGEST_PORT"];
    expect(portOf({})).toBe("0");
    expect(portOf({ INGEST_PORT: "8080" })).toBe("8080");
    expect(portOf({ INGEST_PORT: "0" }, 4321)).toBe("4321");
    const hosts = SERVICE_NAMES.flatMap((service) =>
      Object.entries(serviceEnvironment(service, surroundings, {}, undefined)).filter(([name]) =>
        name.endsWith("_HOST"),
      ),
    );
    expect(hosts).toEqual(
      ["INGEST_HOST", "EXTRACTOR_HOST", "PUSHER_HOST", "AUDIT_HOST"].map((name) => [name, "127.0.0.1"]),
    );
  });
});
