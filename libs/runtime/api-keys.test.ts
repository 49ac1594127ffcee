import { tenantIdSchema } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { apiKeyOf, findApiKey } from "./api-keys.ts";

/* Real: the keys. Nothing is doubled. */

const [acme, other] = [tenantIdSchema.parse("acme"), tenantIdSchema.parse("other")];
const keys = [apiKeyOf("key-of-acme-0123456789", acme), apiKeyOf("key-of-other-0123456789", other)];

describe("an API key", () => {
  it("is found with its tenant, wherever it stands", () => {
    expect(findApiKey(keys, "key-of-acme-0123456789")?.tenant).toBe(acme);
    expect(findApiKey(keys, "key-of-other-0123456789")?.tenant).toBe(other);
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
  ])("is not found for %j", (presented) => {
    expect(findApiKey(keys, presented)).toBeUndefined();
  });

  it("is not found when none is presented, not even where the empty key is one", () => {
    expect(findApiKey(keys, undefined)).toBeUndefined();
    expect(findApiKey([apiKeyOf("", acme)], undefined)).toBeUndefined();
  });

  it("is not found where there are none", () => {
    expect(findApiKey([], "key-of-acme-0123456789")).toBeUndefined();
  });

  it("is not kept itself", () => {
    expect(JSON.stringify(keys)).not.toContain("key-of-acme");
    expect(keys[0]?.digest).toHaveLength(32);
  });
});
