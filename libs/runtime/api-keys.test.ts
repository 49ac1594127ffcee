import { tenantIdSchema } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import {
  adminKeyOf,
  apiKeyOf,
  authenticateRequest,
  authorizeTenant,
  callerOf,
  configuredKeys,
  digestOfKey,
  type KeyStore,
} from "./api-keys.ts";

/* Real: the keys. Doubled: a key store that fails. How long a comparison takes is api-keys-timing.test.ts's. */

const [acme, other] = [tenantIdSchema.parse("acme"), tenantIdSchema.parse("other")];
const keys = [apiKeyOf("key-of-acme-0123456789", acme), apiKeyOf("key-of-other-0123456789", other)];
const store = configuredKeys(keys);

describe("an API key", () => {
  it("is found with its tenant, wherever it stands", async () => {
    expect((await store.find("key-of-acme-0123456789"))?.tenant).toBe(acme);
    expect((await store.find("key-of-other-0123456789"))?.tenant).toBe(other);
  });

  it.each([
    "",
    "key-of-acme-012345678",
    "key-of-acme-01234567890",
    "KEY-OF-ACME-0123456789",
    " key-of-acme-0123456789",
    "key-of-acme-0123456789\n",
    "key-of-acme-0123456789, key-of-other-0123456789",
    "\u0000",
    "x".repeat(100_000),
  ])("is not found for %j", async (presented) => {
    expect(await store.find(presented)).toBeUndefined();
  });

  it("is not found when none is presented, not even where the empty key is one", async () => {
    expect(await store.find(undefined)).toBeUndefined();
    expect(await configuredKeys([apiKeyOf("", acme)]).find(undefined)).toBeUndefined();
  });

  it("is not found where there are none", async () => {
    expect(await configuredKeys([]).find("key-of-acme-0123456789")).toBeUndefined();
  });

  it("is not kept itself", () => {
    expect(JSON.stringify(keys)).not.toContain("key-of-acme");
    expect(keys[0]?.digest).toHaveLength(32);
  });
});

const shown = (key?: string | string[]) => ({ headers: key === undefined ? {} : { "x-api-key": key } });

describe("a request", () => {
  it("is its tenant's when it shows the tenant's key", async () => {
    expect((await authenticateRequest(shown("key-of-other-0123456789"), store)).tenant).toBe(other);
    expect((await callerOf(shown("key-of-other-0123456789"), store))?.tenant).toBe(other);
  });

  it.each([
    ["none", shown()],
    ["an empty one", shown("")],
    ["a wrong one", shown("key-of-nobody-0123456789")],
    ["several", shown(["key-of-acme-0123456789", "key-of-acme-0123456789"])],
    ["one by another name", { headers: { authorization: "key-of-acme-0123456789" } }],
  ])("is nobody's when it shows %s", async (_what, request) => {
    await expect(authenticateRequest(request, store)).rejects.toMatchObject({ category: "authentication_failed" });
    expect(await callerOf(request, store)).toBeUndefined();
  });

  it("is let through where its key permits it, and refused where it does not", async () => {
    const some = configuredKeys([
      apiKeyOf("reads", acme, new Set(["read"])),
      apiKeyOf("submits", acme, new Set(["submit"])),
      apiKeyOf("does-both", acme),
      adminKeyOf(digestOfKey("operates")),
    ]);
    const outcome = (key: string, scope: "submit" | "read") =>
      authorizeTenant(shown(key), some, scope).then(
        ({ tenant }) => tenant,
        ({ category }) => category,
      );
    expect(
      await Promise.all(["reads", "submits", "does-both", "operates", "x"].map((key) => outcome(key, "read"))),
    ).toEqual([acme, "forbidden", acme, "forbidden", "authentication_failed"]);
    expect(
      await Promise.all(["reads", "submits", "does-both", "operates", "x"].map((key) => outcome(key, "submit"))),
    ).toEqual(["forbidden", acme, acme, "forbidden", "authentication_failed"]);
  });

  it.each<[string, KeyStore["find"]]>([
    ["rejects", () => Promise.reject(new Error("away"))],
    [
      "throws",
      () => {
        throw new TypeError("broken");
      },
    ],
    [
      "is sure that it is a 401",
      () => Promise.reject(Object.assign(new Error("no"), { category: "authentication_failed" })),
    ],
  ])("is to come again when the key store %s, whatever it shows", async (_what, find) => {
    for (const request of [shown("key-of-acme-0123456789"), shown("wrong"), shown()]) {
      const failure = { category: "temporarily_unavailable", cause: expect.any(Error) };
      await expect(authenticateRequest(request, { find })).rejects.toMatchObject(failure);
      await expect(callerOf(request, { find })).rejects.toMatchObject(failure);
    }
  });
});
