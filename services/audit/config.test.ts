// Real: the configuration schema and its reader. Doubled: the environment.
import { createHash } from "node:crypto";
import { configProblems } from "@flowstate/local/testing/config-problems.ts";
import { PRODUCTION_EVENTS, PRODUCTION_HTTP } from "@flowstate/local/testing/production-settings.ts";
import { readConfig } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { publicKeyText } from "./chain/signing.ts";
import { auditConfig } from "./config.ts";
import { KEY, KEY_TEXT } from "./testing/sample-record.ts";

const DIGEST = createHash("sha256").update("key-of-globex-0123456789").digest("hex");
const complete = {
  DATABASE_URL: "postgres://flowstate:hunter2hunter2@db/flowstate?sslmode=verify-full",
  DATABASE_API_URL: "postgres://flowstate_audit_api:hunter2hunter2@db/flowstate?sslmode=verify-full",
  ...PRODUCTION_EVENTS,
  ...PRODUCTION_HTTP,
  API_SECRET: "0123456789abcdef",
  AUDIT_SIGNING_KEY: KEY_TEXT,
};
const read = (environment: NodeJS.ProcessEnv) => readConfig(auditConfig.schema, auditConfig.variables, environment);
const problemsOf = (environment: NodeJS.ProcessEnv) => configProblems(() => read(environment));

describe("audit's configuration", () => {
  it("has defaults for everything that is no secret and no address", () => {
    expect(read(complete)).toMatchObject({
      AUDIT_HOST: "0.0.0.0",
      AUDIT_PORT: 8081,
      TENANT_ID: "default",
      LOG_LEVEL: "info",
    });
  });

  it("lists everything that is missing at once", () => {
    expect(problemsOf({}).map((problem) => problem.split(":")[0])).toEqual(
      expect.arrayContaining([
        "DATABASE_URL",
        "DATABASE_API_URL",
        "NATS_URL",
        "NATS_CA_CERTIFICATE",
        "NATS_EVENTS_CERTIFICATE",
        "NATS_EVENTS_KEY",
        "HTTP_CERTIFICATE",
        "API_SECRET",
        "AUDIT_SIGNING_KEY",
      ]),
    );
  });

  it("needs no plain tenant beside FLOWSTATE_TENANTS, and nothing of a tenant but its id", () => {
    const { API_SECRET: _, ...rest } = complete;
    const tenants = JSON.stringify([{ id: "acme" }, { id: "globex", addresses: ["@globex.example"] }]);
    expect(read({ ...rest, FLOWSTATE_TENANTS: tenants }).FLOWSTATE_TENANTS).toHaveLength(2);
  });

  it.each<[string, NodeJS.ProcessEnv, string]>([
    ["no tenant at all", { API_SECRET: "" }, "API_SECRET: is required unless FLOWSTATE_TENANTS is set"],
    [
      "half a tenant beside others",
      { API_SECRET: "", TENANT_ID: "acme", FLOWSTATE_TENANTS: '[{"id":"globex"}]' },
      "API_SECRET: is required beside the other variables of its tenant",
    ],
    [
      "two tenants of one name",
      { TENANT_ID: "globex", FLOWSTATE_TENANTS: '[{"id":"globex"}]' },
      "TENANT_ID: is also the id of a tenant in FLOWSTATE_TENANTS",
    ],
    [
      "an operator's key that is a tenant's",
      {
        FLOWSTATE_TENANTS: `[{"id":"globex","api_keys":[{"sha256":"${DIGEST}","scopes":["read"]}]}]`,
        ADMIN_API_KEYS: `${"ab".repeat(32)}, ${DIGEST.toUpperCase()}`,
      },
      "ADMIN_API_KEYS: has a key of tenant globex",
    ],
    [
      "an operator's key itself",
      { ADMIN_API_KEYS: "key-of-the-operator-0123456789" },
      "ADMIN_API_KEYS: must be the SHA-256 of a key, 64 hexadecimal digits",
    ],
    [
      "more operators' keys than anybody has",
      { ADMIN_API_KEYS: Array.from({ length: 17 }, (_, n) => String(n).padStart(64, "a")).join(",") },
      "ADMIN_API_KEYS: must be at most 16 digests",
    ],
    [
      "the digest of nothing for the operator's key",
      { ADMIN_API_KEYS: createHash("sha256").digest("hex") },
      "ADMIN_API_KEYS: is the digest of an empty key",
    ],
    [
      "a tenant that has a problem",
      { FLOWSTATE_TENANTS: '[{"id":"globex","api_keys":["key-of-globex-0123456789"]}]' },
      "FLOWSTATE_TENANTS: tenant 1 (globex): api_keys[0] must be the SHA-256 of a key, 64 hexadecimal digits",
    ],
  ])("refuses %s", (_what, environment, problem) => {
    expect(problemsOf({ ...complete, ...environment })).toEqual([problem]);
  });

  it.each(["mysql://db/x", "postgres://", "flowstate", "postgres://user:pa ss@[db/x"])(
    "refuses the database URL %s without quoting it",
    (url) => {
      const problems = problemsOf({ ...complete, DATABASE_URL: url });
      expect(problems).toEqual([expect.stringMatching(/^DATABASE_URL: must be a postgres:\/\/ URL$/)]);
    },
  );

  it.each([
    ["postgres://flowstate:hunter2hunter2@db/flowstate"],
    ["postgres://flowstate:hunter2hunter2@db/flowstate?sslmode=require"],
    ["postgres://flowstate:hunter2hunter2@db/flowstate?sslmode=verify-full&sslmode=disable"],
    ["postgres://flowstate:hunter2hunter2@127.0.0.1/flowstate"],
  ])("refuses %s, whose connection would not be encrypted, or to whomever", (url) => {
    const message = "must have sslmode=verify-full (plain text to this machine needs FLOWSTATE_LOCAL=true)";
    expect(problemsOf({ ...complete, DATABASE_URL: url })).toEqual([`DATABASE_URL: ${message}`]);
    expect(problemsOf({ ...complete, DATABASE_API_URL: url })).toEqual([`DATABASE_API_URL: ${message}`]);
  });

  it("refuses a database by its address, against which no certificate would be held", () => {
    const DATABASE_URL = "postgres://flowstate:hunter2hunter2@10.0.0.5/flowstate?sslmode=verify-full";
    expect(problemsOf({ ...complete, DATABASE_URL })).toEqual([
      "DATABASE_URL: must name a host: a certificate is held against a name, not against an address",
    ]);
  });

  it("takes a database in plain text on this machine, in the local stack", () => {
    const local = { ...complete, FLOWSTATE_LOCAL: "true" };
    expect(problemsOf({ ...local, DATABASE_URL: "postgres://flowstate@127.0.0.1:5432/flowstate" })).toEqual([]);
    expect(problemsOf({ ...local, DATABASE_URL: "postgres://flowstate@db/flowstate" })).toHaveLength(1);
  });

  it("takes a signing key and earlier public keys, and quotes neither when they are none", () => {
    const { AUDIT_SIGNING_KEY, AUDIT_TRUSTED_KEYS } = read({
      ...complete,
      AUDIT_TRUSTED_KEYS: publicKeyText(KEY.publicKey),
    });
    expect(AUDIT_SIGNING_KEY.id).toBe(KEY.id);
    expect(AUDIT_TRUSTED_KEYS).toHaveLength(1);
    expect(problemsOf({ ...complete, AUDIT_SIGNING_KEY: "hunter2", AUDIT_TRUSTED_KEYS: "hunter2" })).toEqual([
      "AUDIT_SIGNING_KEY: must be an ed25519 private key, base64 of PKCS #8 DER: npm run audit -- key makes one",
      "AUDIT_TRUSTED_KEYS: must be ed25519 public keys, base64 of SPKI DER, separated by commas",
    ]);
  });

  it.each([
    "https://traces.example/",
    "https://user:secret@traces.example/{trace_id}",
    "javascript:alert('{trace_id}')",
    "traces.example/{trace_id}",
    "//traces.example/{trace_id}",
  ])("refuses %s for a link to a trace", (TRACE_URL_TEMPLATE) => {
    expect(problemsOf({ ...complete, TRACE_URL_TEMPLATE })).toEqual([
      "TRACE_URL_TEMPLATE: must be an http or https URL with {trace_id} in it, without credentials",
    ]);
  });

  it.each(["https://grafana.example/explore?trace={trace_id}&org=1", "http://jaeger.internal:16686/trace/{trace_id}"])(
    "takes %s for a link to a trace",
    (TRACE_URL_TEMPLATE) => {
      expect(read({ ...complete, TRACE_URL_TEMPLATE }).TRACE_URL_TEMPLATE).toBe(TRACE_URL_TEMPLATE);
    },
  );

  it("describes every variable, and marks every secret", () => {
    for (const [name, schema] of Object.entries(auditConfig.schema.shape)) {
      expect(schema.description, name).toMatch(/\.$/);
    }
    const secrets = Object.entries(auditConfig.schema.shape).filter(([, schema]) => schema.meta()?.["secret"] === true);
    expect(secrets.map(([name]) => name).sort()).toEqual([
      "ADMIN_API_KEYS",
      "API_SECRET",
      "AUDIT_SIGNING_KEY",
      "DATABASE_API_URL",
      "DATABASE_URL",
      "FLOWSTATE_TENANTS",
      "HTTP_KEY",
      "NATS_EVENTS_KEY",
      "NATS_EVENTS_PASSWORD",
      "SLACK_WEBHOOK_URL",
    ]);
  });
});
