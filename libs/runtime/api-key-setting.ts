import { z } from "zod";
import {
  type AdminKey,
  ALL_TENANT_SCOPES,
  adminKeyOf,
  digestOfKey,
  TENANT_SCOPES,
  type TenantKey,
} from "./api-keys.ts";

/** How an operator writes keys down: digests only, with what each permits (docs/operations/tenants.md). */

/** Each presented key is compared with all keys there are, in constant time: keys cost every request. */
const MAX_ADMIN_KEYS = 16;

const NO_DIGEST = "must be the SHA-256 of a key, 64 hexadecimal digits";
const NO_KEY = "must be the SHA-256 of a key, or an object with its sha256 and scopes";
const NO_SCOPES = "must be a list of submit and read";

/**
 * What `sha256sum` answers when the variable with the key was empty, without and with a line end. The first would let in
 * every request with an empty key.
 */
const DIGESTS_OF_NOTHING: ReadonlySet<string> = new Set(
  ["", "\n"].map((nothing) => digestOfKey(nothing).toString("hex")),
);

const apiKeyDigest = z
  .string(NO_DIGEST)
  .toLowerCase()
  .regex(/^[0-9a-f]{64}$/, NO_DIGEST)
  .refine((digest) => !DIGESTS_OF_NOTHING.has(digest), "is the digest of an empty key")
  .transform((digest): Buffer => Buffer.from(digest, "hex"));

/** A tenant's key but for whose it is: the list it stands in says that. */
export type ConfiguredKey = Omit<TenantKey, "tenant">;

/** A digest alone permits everything that a tenant's key can. */
const unlimitedKey = apiKeyDigest.transform((digest): ConfiguredKey => ({ digest, scopes: ALL_TENANT_SCOPES }));

const limitedKey = z
  .strictObject(
    { sha256: apiKeyDigest, scopes: z.array(z.enum(TENANT_SCOPES, NO_SCOPES), NO_SCOPES).min(1, NO_SCOPES).max(2) },
    NO_KEY,
  )
  .transform(({ sha256, scopes }): ConfiguredKey => ({ digest: sha256, scopes: new Set(scopes) }));

/** An entry of a tenant's `api_keys`. The form that was begun is the one whose problems are told; a union tells none. */
export const tenantApiKey = z.unknown().transform((entry, context): ConfiguredKey => {
  const parsed = (typeof entry === "string" ? unlimitedKey : limitedKey).safeParse(entry, { reportInput: true });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) context.addIssue({ ...issue, path: [...issue.path] });
  return z.NEVER;
});

/** `ADMIN_API_KEYS`: the keys of the operator. */
export const adminKeysSetting = z
  .string()
  .transform((list, context): readonly AdminKey[] => {
    const refuse = (message: string) => context.addIssue({ code: "custom", message });
    const digests = list.split(",").map((digest) => apiKeyDigest.safeParse(digest.trim()));
    if (digests.length > MAX_ADMIN_KEYS) refuse(`must be at most ${MAX_ADMIN_KEYS} digests`);
    for (const { error } of digests) if (error !== undefined) refuse(error.issues[0]?.message ?? NO_DIGEST);
    // Keys in order are handed on although others are not, so that checks across variables can list their problems.
    return digests.flatMap(({ success, data }) => (success ? [adminKeyOf(data)] : []));
  })
  .optional()
  .meta({ secret: true })
  .describe(
    "SHA-256 digests of the operator's own keys, separated by commas. They read what every tenant's keys read, and /admin.",
  );
