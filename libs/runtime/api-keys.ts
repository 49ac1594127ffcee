import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { TenantId } from "@flowstate/contracts";
import { HttpError } from "./http/http-error.ts";

/** An API key as it is kept: its SHA-256 and whose it is. Keys are long random strings, so a plain digest suffices. */
export interface ApiKey {
  readonly digest: Buffer;
  readonly tenant: TenantId;
}

/** Where keys are looked up. It may reject: then nobody can say whether a key is right. */
export interface KeyStore {
  find(presented: string | undefined): Promise<ApiKey | undefined>;
}

export function apiKeyOf(key: string, tenant: TenantId): ApiKey {
  return { digest: digestOf(key), tenant };
}

/** The keys of the configuration. */
export function configuredKeys(keys: readonly ApiKey[]): KeyStore {
  return { find: async (presented) => findApiKey(keys, presented) };
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

/** What of a request says whose it is. */
interface KeyedRequest {
  readonly headers: IncomingHttpHeaders;
}

/**
 * The key that the request shows as X-API-Key. Throws `HttpError` `authentication_failed` for a wrong or missing one, and
 * `temporarily_unavailable` when the store fails: a 401 would tell the holder of a right key that it is wrong, and lose a
 * mail.
 */
export async function authenticateRequest(request: KeyedRequest, store: KeyStore): Promise<ApiKey> {
  const caller = await callerOf(request, store);
  if (caller === undefined) throw new HttpError("authentication_failed");
  return caller;
}

/** As `authenticateRequest`, for those who may do without a key. */
export async function callerOf({ headers }: KeyedRequest, store: KeyStore): Promise<ApiKey | undefined> {
  const presented = headers["x-api-key"];
  try {
    return await store.find(typeof presented === "string" ? presented : undefined);
  } catch (cause) {
    throw new HttpError("temporarily_unavailable", { cause });
  }
}
