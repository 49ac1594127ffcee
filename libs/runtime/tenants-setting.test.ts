import { createHash } from "node:crypto";
import { createCertificateAuthority } from "@flowstate/local/doubles/certificate.ts";
import { configProblems } from "@flowstate/local/testing/config-problems.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readConfig } from "./config.ts";
import { tenantSchema } from "./tenants.ts";
import { tenantsSetting } from "./tenants-setting.ts";

/* Real: the setting and the reading of configuration. Doubled: the environment, an object. */

const schema = z.object({
  FLOWSTATE_TENANTS: tenantsSetting(tenantSchema.required({ addresses: true })),
  OTHER: z.string("is required"),
});

const readText = (text: string, others: NodeJS.ProcessEnv = { OTHER: "set" }) =>
  readConfig(schema, Object.keys(schema.shape), { ...others, FLOWSTATE_TENANTS: text }).FLOWSTATE_TENANTS ?? [];
const read = (...tenants: unknown[]) => readText(JSON.stringify(tenants));

const problemsOfText = (...read: Parameters<typeof readText>) => configProblems(() => readText(...read));
const problemsOf = (...tenants: unknown[]) => problemsOfText(JSON.stringify(tenants));

const digestOf = (key: string) => createHash("sha256").update(key).digest("hex");
/** A key as it is handed on. */
const keyOf = (key: string, scopes: readonly string[] = ["submit", "read"]) => ({
  digest: Buffer.from(digestOf(key), "hex"),
  scopes: new Set(scopes),
});
const SECRET = `whsec_${"A".repeat(32)}`;
const ERP = { url: "https://erp.acme.example/hooks?tenant=1", secrets: [SECRET] };
const ACME = { id: "acme", addresses: ["invoices@acme.example"] };

describe("a tenant of FLOWSTATE_TENANTS", () => {
  it("may have nothing but what the service needs of it", () => {
    expect(read(ACME)).toEqual([{ ...ACME, plan: "starter", senders: { require: [] }, api_keys: [] }]);
  });

  it("may have everything", () => {
    const { certificate } = createCertificateAuthority();
    const tenant = {
      id: "acme-eu",
      plan: "scale",
      addresses: ["invoices@acme.example", "invoices+eu@acme.example", "@eu.acme.example"],
      senders: { allow: ["ap@supplier.example", "@supplier.example"], require: ["spf", "dkim"] },
      api_keys: [digestOf("one"), { sha256: digestOf("two"), scopes: ["read"] }],
      erp: { ...ERP, secrets: [SECRET, `${SECRET}AAAA`], ca_certificate: certificate, timeout_ms: 5_000 },
    };
    expect(read(tenant)).toEqual([
      {
        ...tenant,
        api_keys: [keyOf("one"), keyOf("two", ["read"])],
        erp: { ...tenant.erp, url: new URL(ERP.url), signing_keys: [], allowed_networks: [] },
      },
    ]);
  });

  it("has its addresses, its senders' and its digests in lower case, however they are written", () => {
    const [tenant] = read({
      id: "acme",
      addresses: ["Invoices@ACME.example", "@Acme.Example"],
      senders: { allow: ["AP@Supplier.example"] },
      api_keys: [digestOf("one").toUpperCase(), { sha256: digestOf("two").toUpperCase(), scopes: ["submit"] }],
    });
    expect(tenant?.addresses).toEqual(["invoices@acme.example", "@acme.example"]);
    expect(tenant?.senders.allow).toEqual(["ap@supplier.example"]);
    expect(tenant?.api_keys).toEqual([keyOf("one"), keyOf("two", ["submit"])]);
  });

  it("has keys that permit everything unless it says what each permits", () => {
    const scopes = [["submit"], ["read"], ["read", "submit"], ["read", "read"]];
    const keys = scopes.map((list, index) => ({ sha256: digestOf(`${index}`), scopes: list }));
    const [tenant] = read({ ...ACME, api_keys: [digestOf("one"), ...keys] });
    expect(tenant?.api_keys).toEqual([keyOf("one"), ...scopes.map((list, index) => keyOf(`${index}`, list))]);
  });

  const IDS = "must be lower-case letters, digits and hyphens, at most 63";
  const ADDRESS = "must be an e-mail address, or @domain for all of a domain's";
  const DIGEST = "must be the SHA-256 of a key, 64 hexadecimal digits";
  const KEY = "must be the SHA-256 of a key, or an object with its sha256 and scopes";
  const SCOPES = "must be a list of submit and read";
  const many = (count: number, item: (index: number) => unknown) => Array.from({ length: count }, (_, i) => item(i));
  it.each<[string, object | string | number | null, string]>([
    ["that is text", "acme", "tenant 1: it must be an object"],
    ["that is nothing", null, "tenant 1: it must be an object"],
    ["without an id", { addresses: ["a@b.example"] }, "tenant 1: id is required"],
    ["with a number for an id", { ...ACME, id: 7 }, `tenant 1: id ${IDS}`],
    ["with a large letter in its id", { ...ACME, id: "Acme" }, `tenant 1: id ${IDS}`],
    ["with a dot in its id", { ...ACME, id: "acme.eu" }, `tenant 1: id ${IDS}`],
    ["with an empty id", { ...ACME, id: "" }, `tenant 1: id ${IDS}`],
    ["without what the service needs", { id: "acme" }, "tenant 1 (acme): addresses is required"],
    ["on an unknown plan", { ...ACME, plan: "free" }, "tenant 1 (acme): plan must be starter, growth or scale"],
    ["with no addresses in the list", { ...ACME, addresses: [] }, "tenant 1 (acme): addresses must not be empty"],
    [
      "with one address for the list",
      { ...ACME, addresses: "a@b.example" },
      "tenant 1 (acme): addresses must be a list",
    ],
    ["with a bare name for an address", { ...ACME, addresses: ["acme"] }, `tenant 1 (acme): addresses[0] ${ADDRESS}`],
    [
      "with too many addresses",
      { ...ACME, addresses: many(1_001, (index) => `a${index}@b.example`) },
      "tenant 1 (acme): addresses must have at most 1000 entries",
    ],
    [
      "with an address that no mail could have",
      { ...ACME, addresses: ["a@b.example", `a@${"b".repeat(60)}.${"c.".repeat(120)}example`] },
      "tenant 1 (acme): addresses[1] must have at most 254 characters",
    ],
    [
      "with a misspelt sender",
      { ...ACME, senders: { allow: ["a@b.example", "b"] } },
      `tenant 1 (acme): senders.allow[1] ${ADDRESS}`,
    ],
    ["that lets no sender in", { ...ACME, senders: { allow: [] } }, "tenant 1 (acme): senders.allow must not be empty"],
    [
      "that asks for a check there is not",
      { ...ACME, senders: { require: ["spf", "dmarc"] } },
      "tenant 1 (acme): senders.require[1] must be spf or dkim",
    ],
    ["with a list of senders", { ...ACME, senders: [] }, "tenant 1 (acme): senders must be an object"],
    ["with a key itself", { ...ACME, api_keys: ["key-of-acme-0123456789"] }, `tenant 1 (acme): api_keys[0] ${DIGEST}`],
    ["with half a digest", { ...ACME, api_keys: ["ab".repeat(16)] }, `tenant 1 (acme): api_keys[0] ${DIGEST}`],
    [
      "with the digest of nothing",
      { ...ACME, api_keys: [digestOf("")] },
      "tenant 1 (acme): api_keys[0] is the digest of an empty key",
    ],
    [
      "with the digest of an empty line",
      { ...ACME, api_keys: [digestOf("\n")] },
      "tenant 1 (acme): api_keys[0] is the digest of an empty key",
    ],
    [
      "with too many keys",
      { ...ACME, api_keys: many(17, (index) => digestOf(`${index}`)) },
      "tenant 1 (acme): api_keys must have at most 16 entries",
    ],
    ["with a number for a key", { ...ACME, api_keys: [7] }, `tenant 1 (acme): api_keys[0] ${KEY}`],
    [
      "with half a digest beside its scopes",
      { ...ACME, api_keys: [{ sha256: "ab".repeat(16), scopes: ["read"] }] },
      `tenant 1 (acme): api_keys[0].sha256 ${DIGEST}`,
    ],
    [
      "with the digest of nothing beside its scopes",
      { ...ACME, api_keys: [{ sha256: digestOf(""), scopes: ["read"] }] },
      "tenant 1 (acme): api_keys[0].sha256 is the digest of an empty key",
    ],
    [
      "with a key without scopes",
      { ...ACME, api_keys: [{ sha256: digestOf("one") }] },
      "tenant 1 (acme): api_keys[0].scopes is required",
    ],
    [
      "with a key that permits nothing",
      { ...ACME, api_keys: [{ sha256: digestOf("one"), scopes: [] }] },
      `tenant 1 (acme): api_keys[0].scopes ${SCOPES}`,
    ],
    [
      "with a key that makes its holder the operator",
      { ...ACME, api_keys: [{ sha256: digestOf("one"), scopes: ["read", "admin"] }] },
      `tenant 1 (acme): api_keys[0].scopes[1] ${SCOPES}`,
    ],
    [
      "with a key that has a misspelt scope list",
      { ...ACME, api_keys: [{ sha256: digestOf("one"), scopes: ["read"], scope: "read" }] },
      "tenant 1 (acme): api_keys[0] has an unknown key: scope",
    ],
    ["with an ERP of no place", { ...ACME, erp: { secrets: [SECRET] } }, "tenant 1 (acme): erp.url is required"],
    [
      "with an ERP over plain http",
      { ...ACME, erp: { ...ERP, url: "http://erp.example" } },
      "tenant 1 (acme): erp.url must be an https URL without credentials",
    ],
    [
      "with a password in its ERP's URL",
      { ...ACME, erp: { ...ERP, url: "https://u:p@erp.example" } },
      "tenant 1 (acme): erp.url must be an https URL without credentials",
    ],
    ["with no signing secret", { ...ACME, erp: { url: ERP.url } }, "tenant 1 (acme): erp.secrets is required"],
    [
      "with three signing secrets",
      { ...ACME, erp: { ...ERP, secrets: [SECRET, SECRET, SECRET] } },
      "tenant 1 (acme): erp.secrets must have at most 2 entries",
    ],
    [
      "with a file name for a certificate",
      { ...ACME, erp: { ...ERP, ca_certificate: "file:/ca.pem" } },
      "tenant 1 (acme): erp.ca_certificate must be a certificate in PEM",
    ],
    [
      "with an ERP that may take no time",
      { ...ACME, erp: { ...ERP, timeout_ms: 999 } },
      "tenant 1 (acme): erp.timeout_ms must be at least 1000",
    ],
    [
      "with an ERP that may take a day",
      { ...ACME, erp: { ...ERP, timeout_ms: 86_400_000 } },
      "tenant 1 (acme): erp.timeout_ms must be at most 120000",
    ],
    [
      "with text for a number",
      { ...ACME, erp: { ...ERP, timeout_ms: "5000" } },
      "tenant 1 (acme): erp.timeout_ms must be a whole number",
    ],
    ["with a typo", { ...ACME, adresses: [] }, "tenant 1 (acme): it has an unknown key: adresses"],
    [
      "with a typo further in",
      { ...ACME, senders: { allowed: [] } },
      "tenant 1 (acme): senders has an unknown key: allowed",
    ],
    [
      "with a secret where a key should be",
      { ...ACME, erp: { ...ERP, [SECRET]: 1 } },
      "tenant 1 (acme): erp has an unknown key",
    ],
  ])("is refused %s", (_what, tenant, problem) => {
    expect(problemsOf(tenant)).toEqual([`FLOWSTATE_TENANTS: ${problem}`]);
  });

  it("has no prototype to be written to", () => {
    expect(problemsOfText('[{"id":"acme","addresses":["a@b.example"],"__proto__":{"plan":"scale"}}]')).toEqual([
      "FLOWSTATE_TENANTS: tenant 1 (acme): it has an unknown key: __proto__",
    ]);
    expect(problemsOfText('[{"id":"acme","addresses":["a@b.example"],"constructor":{}}]')).toEqual([
      "FLOWSTATE_TENANTS: tenant 1 (acme): it has an unknown key: constructor",
    ]);
  });

  it.each([
    "invoices@acme.example",
    "invoices+eu@acme.example",
    "o'neill@acme.example",
    "a@b-c.co.example",
    "rechnungen@xn--mller-kva.example",
    "@acme.example",
    "@xn--80ak6aa92e.xn--p1ai",
  ])("may have the address %s", (address) => {
    expect(problemsOf({ id: "acme", addresses: [address] })).toEqual([]);
  });

  it.each([
    "@",
    "acme.example",
    "invoices@",
    "invoices@acme",
    "@acme",
    "@.example",
    "@acme..example",
    "@-acme.example",
    "@acme.example.",
    "*@acme.example,b@acme.example",
    "a b@acme.example",
    " a@acme.example",
    "a@acme.example\n",
    "a@b@acme.example",
    "Acme <a@acme.example>",
    "a@[127.0.0.1]",
    "müller@acme.example",
  ])("cannot have the address %j", (address) => {
    expect(problemsOf({ id: "acme", addresses: [address] })).toEqual([
      `FLOWSTATE_TENANTS: tenant 1 (acme): addresses[0] ${ADDRESS}`,
    ]);
  });
});

describe("FLOWSTATE_TENANTS", () => {
  const NOT_A_LIST = "FLOWSTATE_TENANTS: must be a JSON array of 1 to 10000 tenants";

  it("is absent when it is not set", () => {
    expect(readText("")).toEqual([]);
  });

  it.each(["acme", "{}", "[", "null", '{"id":"acme"}', "[]", "[{'id':'acme'}]", `[${"0,".repeat(10_000)}0]`])(
    "is not the text %.20s",
    (text) => {
      expect(problemsOfText(text)).toEqual([NOT_A_LIST]);
    },
  );

  it("takes as many tenants as it says", () => {
    const tenants = Array.from({ length: 10_000 }, (_, i) => ({ id: `t-${i}`, addresses: [`t-${i}@acme.example`] }));
    expect(read(...tenants)).toHaveLength(10_000);
  });

  it("tells all problems of all tenants at once, beside those of other variables", () => {
    const text = JSON.stringify([
      { id: "acme", plan: "free", addresses: ["a", "b"], adresses: [] },
      { id: "globex", addresses: ["a@globex.example"] },
      { addresses: ["a@globex.example"], api_keys: ["x", digestOf("")] },
      7,
    ]);
    expect(problemsOfText(text, {}).toSorted()).toEqual([
      "FLOWSTATE_TENANTS: tenant 1 (acme): addresses[0] must be an e-mail address, or @domain for all of a domain's",
      "FLOWSTATE_TENANTS: tenant 1 (acme): addresses[1] must be an e-mail address, or @domain for all of a domain's",
      "FLOWSTATE_TENANTS: tenant 1 (acme): it has an unknown key: adresses",
      "FLOWSTATE_TENANTS: tenant 1 (acme): plan must be starter, growth or scale",
      "FLOWSTATE_TENANTS: tenant 3: addresses[0] is already that of tenant 2 (globex)",
      "FLOWSTATE_TENANTS: tenant 3: api_keys[0] must be the SHA-256 of a key, 64 hexadecimal digits",
      "FLOWSTATE_TENANTS: tenant 3: api_keys[1] is the digest of an empty key",
      "FLOWSTATE_TENANTS: tenant 3: id is required",
      "FLOWSTATE_TENANTS: tenant 4: it must be an object",
      "OTHER: is required",
    ]);
  });

  const globex = { id: "globex", addresses: ["invoices@globex.example"] };
  it.each<[string, object, object, string]>([
    ["an id", ACME, { ...globex, id: "acme" }, "tenant 2 (acme): id is already that of tenant 1 (acme)"],
    [
      "an address, written differently",
      ACME,
      { ...globex, addresses: ["b@globex.example", "INVOICES@acme.example"] },
      "tenant 2 (globex): addresses[1] is already that of tenant 1 (acme)",
    ],
    [
      "a domain",
      { ...ACME, addresses: ["@acme.example"] },
      { ...globex, addresses: ["@ACME.example"] },
      "tenant 2 (globex): addresses[0] is already that of tenant 1 (acme)",
    ],
    [
      "a key, written differently",
      { ...ACME, api_keys: [digestOf("one"), digestOf("two")] },
      { ...globex, api_keys: [digestOf("two").toUpperCase()] },
      "tenant 2 (globex): api_keys[0] is already that of tenant 1 (acme)",
    ],
    [
      "a key, with other scopes",
      { ...ACME, api_keys: [{ sha256: digestOf("one"), scopes: ["submit"] }] },
      { ...globex, api_keys: [digestOf("two"), { sha256: digestOf("one").toUpperCase(), scopes: ["read"] }] },
      "tenant 2 (globex): api_keys[1] is already that of tenant 1 (acme)",
    ],
  ])("gives %s to one tenant only", (_what, first, second, problem) => {
    expect(problemsOf(first, second)).toEqual([`FLOWSTATE_TENANTS: ${problem}`]);
  });

  it("tells an address that one tenant has twice", () => {
    expect(problemsOf({ id: "acme", addresses: ["a@b.example", "A@b.example"] })).toEqual([
      "FLOWSTATE_TENANTS: tenant 1 (acme): addresses[1] is already that of tenant 1 (acme)",
    ]);
  });

  it("lets tenants share a domain, a mailbox and an ERP", () => {
    const erp = ERP;
    const addresses = [["@acme.example"], ["invoices@acme.example"], ["invoices+eu@acme.example"]];
    expect(read(...addresses.map((list, index) => ({ id: `t-${index}`, addresses: list, erp })))).toHaveLength(3);
  });

  it("never quotes a value, wherever it stands", () => {
    const canary = fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => `Canary 7${text}`);
    const tenant = fc.record(
      {
        id: canary,
        plan: canary,
        addresses: fc.oneof(canary, fc.array(canary)),
        senders: fc.oneof(canary, fc.record({ allow: fc.array(canary), require: fc.array(canary) })),
        api_keys: fc.oneof(canary, fc.array(fc.oneof(canary, fc.record({ sha256: canary, scopes: fc.array(canary) })))),
        erp: fc.oneof(canary, fc.record({ url: canary, secrets: canary, ca_certificate: canary, timeout_ms: canary })),
        more: canary.chain((key) => fc.record({ [key]: canary })),
      },
      { requiredKeys: ["id"] },
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(tenant, canary), { minLength: 1 }), (tenants) => {
        const problems = problemsOf(...tenants);
        expect(problems.length).toBeGreaterThan(0);
        expect(problems.join("\n")).not.toContain("Canary");
      }),
    );
  });
});
