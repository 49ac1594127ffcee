import { createCertificateAuthority } from "@flowstate/local/doubles/certificate.ts";
import { describe, expect, it } from "vitest";
import { authorizationProblem, tenantErpSchema } from "./tenant-erp.ts";

/* Pure. Certificates and keys are made here. */

const ERP = { url: "https://erp.acme.example/", secrets: ["whsec_1"] };
const authority = createCertificateAuthority();
const client = authority.issueClient();
const other = authority.issueClient();

/** The first problem of each place: `headers: …`. */
function problemsOf(settings: object): readonly string[] {
  const byPlace = new Map<string, string>();
  for (const { path, message } of tenantErpSchema.safeParse({ ...ERP, ...settings }).error?.issues ?? []) {
    const place = path.join(".");
    if (!byPlace.has(place)) byPlace.set(place, `${place}: ${message}`);
  }
  return [...byPlace.values()];
}

describe("a tenant's ERP", () => {
  it("may have everything", () => {
    const settings = {
      secrets: ["whsec_1", "whsec_2"],
      signing_keys: ["whsk_1", "whsk_2"],
      bearer_token: "eyJhbGciOi.J9._-~+/==",
      headers: { "x-api-key": "k", "ocp-apim-subscription-key": "a b" },
      client_certificate: client,
      ca_certificate: `# ours\n${authority.certificate}\n${authority.certificate}`,
      timeout_ms: 5_000,
      max_concurrency: 64,
      allowed_networks: ["10.0.0.0/8"],
      payload: { anything: true },
    };
    expect(tenantErpSchema.parse({ ...ERP, ...settings })).toEqual({ ...settings, url: new URL(ERP.url) });
  });

  it("has its headers' names in lower case", () => {
    expect(tenantErpSchema.parse({ ...ERP, headers: { "X-API-Key": "K" } }).headers).toEqual({ "x-api-key": "K" });
  });

  const NAMES = "headers: must have names of letters, digits and hyphens";
  const VALUES = "headers: must have values of printable ASCII, without spaces around them";
  const OURS = "headers: has a header that deliveries set themselves, or that belongs to the connection";
  it.each<[string, unknown, string]>([
    ["a list", [], "headers: must be an object"],
    ["text", "x-api-key: k", "headers: must be an object"],
    ["nothing", null, "headers: must be an object"],
    ["a line end in a name", { "x\r\ny": "k" }, NAMES],
    ["a space in a name", { "x y": "k" }, NAMES],
    ["no name", { "": "k" }, NAMES],
    ["a very long name", { [`x${"y".repeat(64)}`]: "k" }, NAMES],
    ["a name of JavaScript's own", JSON.parse('{"__proto__":"k"}'), NAMES],
    ["a line end in a value", { "x-key": "k\r\nwebhook-id: 1" }, VALUES],
    ["a line end behind a value", { "x-key": "k\n" }, VALUES],
    ["an empty value", { "x-key": "" }, VALUES],
    ["a space before a value", { "x-key": " k" }, VALUES],
    ["a letter beyond ASCII", { "x-key": "ü" }, VALUES],
    ["a number", { "x-key": 1 }, VALUES],
    ["a list of values", { "x-key": ["a"] }, VALUES],
    ["the same header twice", { "X-Key": "a", "x-key": "b" }, "headers: has a header twice"],
    [
      "17 headers",
      Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`x-${i}`, "k"])),
      "headers: must have at most 16 entries",
    ],
    ["7 KiB", { "x-key": "k".repeat(7 * 1024) }, "headers: must have at most 6144 characters altogether"],
  ])("cannot have %s for headers", (_what, headers, problem) => {
    expect(problemsOf({ headers })).toEqual([problem]);
  });

  it.each([
    "Host",
    "Connection",
    "Transfer-Encoding",
    "TE",
    "Upgrade",
    "Expect",
    "Keep-Alive",
    "Trailer",
    "Proxy-Authorization",
    "Content-Type",
    "Content-Length",
    "Content-Encoding",
    "Webhook-Id",
    "webhook-signature",
    "Webhook-Anything",
    "Idempotency-Key",
    "traceparent",
    "User-Agent",
    "X-Forwarded-For",
    "X-HTTP-Method-Override",
  ])("cannot have the header %s, which is not the operator's to set", (name) => {
    expect(problemsOf({ headers: { [name]: "v" } })).toEqual([OURS]);
  });

  it.each([
    [
      "a token with a space",
      { bearer_token: "a b" },
      "bearer_token: must be letters, digits and ._~+/- with = at its end only",
    ],
    [
      "a token with a line end",
      { bearer_token: "a\n" },
      "bearer_token: must be letters, digits and ._~+/- with = at its end only",
    ],
    ["a very long token", { bearer_token: "a".repeat(4097) }, "bearer_token: must have at most 4096 characters"],
    [
      "another's key",
      { client_certificate: { ...client, key: other.key } },
      "client_certificate.key: is not the certificate's key",
    ],
    [
      "no key",
      { client_certificate: { certificate: client.certificate } },
      "client_certificate.key: must be a private key in PEM, without a passphrase",
    ],
    [
      "a certificate for a key",
      { client_certificate: { ...client, key: client.certificate } },
      "client_certificate.key: must be a private key in PEM, without a passphrase",
    ],
    [
      "a key beside an authority",
      { ca_certificate: `${authority.certificate}\n${client.key}` },
      "ca_certificate: must be a certificate in PEM",
    ],
    [
      "a broken second authority",
      { ca_certificate: `${authority.certificate}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----` },
      "ca_certificate: must be a certificate in PEM",
    ],
    ["no concurrency", { max_concurrency: 0 }, "max_concurrency: must be at least 1"],
    ["much concurrency", { max_concurrency: 65 }, "max_concurrency: must be at most 64"],
    ["half a concurrency", { max_concurrency: 1.5 }, "max_concurrency: must be a whole number"],
    ["three signing keys", { signing_keys: ["a", "b", "c"] }, "signing_keys: must have at most 2 entries"],
    ["one network for a list", { allowed_networks: "10.0.0.0/8" }, "allowed_networks: must be a list"],
  ])("cannot have %s", (_what, settings, problem) => {
    expect(problemsOf(settings)).toEqual([problem]);
  });

  it("never quotes what it refuses", () => {
    const key = "k3y-of-acme";
    const settings = {
      headers: { [key]: `${key}\n` },
      bearer_token: `${key}\n`,
      client_certificate: { certificate: key, key },
    };
    const problems = problemsOf(settings);
    expect(problems.length).toBeGreaterThanOrEqual(4);
    expect(problems.join()).not.toContain(key);
  });
});

describe("authorizationProblem", () => {
  it("is that a token and an agreed header would say two things", () => {
    const headers = { authorization: "Basic dTpw" };
    expect(authorizationProblem({ headers, bearer_token: "t" })).toContain("beside bearer_token");
    expect([authorizationProblem({ headers }), authorizationProblem({ bearer_token: "t", headers: {} })]).toEqual([
      undefined,
      undefined,
    ]);
  });
});
