import { createHash, timingSafeEqual } from "node:crypto";
import type { TenantId } from "@flowstate/contracts";

/** An API key as it is kept: its SHA-256 and whose it is. Keys are long random strings, so a plain digest suffices. */
export interface ApiKey {
  readonly digest: Buffer;
  readonly tenant: TenantId;
}

export function apiKeyOf(key: string, tenant: TenantId): ApiKey {
  return { digest: digestOf(key), tenant };
}

/**
 * The key that `presented` is, or undefined. Digests are compared, all of them and each in constant time, so that neither
 * the length of a wrong key, nor where it differs, nor which key it resembles shows in the answer's timing.
 */
export function findApiKey(keys: readonly ApiKey[], presented: string | undefined): ApiKey | undefined {
  const digest = digestOf(presented ?? "");
  let found: ApiKey | undefined;
  for (const key of keys) {
    if (timingSafeEqual(key.digest, digest)) found = key;
  }
  return presented === undefined ? undefined : found;
}

function digestOf(key: string): Buffer {
  return createHash("sha256").update(key, "utf8").digest();
}
