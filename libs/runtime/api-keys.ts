import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { TenantId } from "@flowstate/contracts";
import { HttpError } from "./http/http-error.ts";

/** What a tenant's key can permit: `submit` sends documents in, `read` asks what became of them. */
export const TENANT_SCOPES = ["submit", "read"] as const;
export type TenantScope = (typeof TENANT_SCOPES)[number];

/** What a key permits of which nothing else is said. */
export const ALL_TENANT_SCOPES: ReadonlySet<TenantScope> = new Set(TENANT_SCOPES);

/** An API key as it is kept: its SHA-256 and what it permits. Keys are long random strings, so a plain digest suffices. */
export type ApiKey = TenantKey | AdminKey;

export interface TenantKey {
  readonly digest: Buffer;
  readonly tenant: TenantId;
  readonly scopes: ReadonlySet<TenantScope>;
}

/** A key of the operator: it belongs to no tenant and sees all of them. */
export interface AdminKey {
  readonly digest: Buffer;
  readonly tenant: undefined;
  readonly scopes: ReadonlySet<"admin">;
}

/** Where keys are looked up. It may reject: then nobody can say whether a key is right. */
export interface KeyStore {
  find(presented: string | undefined): Promise<ApiKey | undefined>;
}

export function apiKeyOf(key: string, tenant: TenantId, scopes = ALL_TENANT_SCOPES): TenantKey {
  return { digest: digestOfKey(key), tenant, scopes };
}

/** The operator's key whose SHA-256 is `digest`. */
export function adminKeyOf(digest: Buffer): AdminKey {
  return { digest, tenant: undefined, scopes: new Set(["admin"]) };
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
  const digest = digestOfKey(presented ?? "");
  let found: ApiKey | undefined;
  for (const key of keys) {
    if (timingSafeEqual(key.digest, digest)) found = key;
  }
  return presented === undefined ? undefined : found;
}

/** What is kept of a key. */
export function digestOfKey(key: string): Buffer {
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

/** As `authenticateRequest`, and throws `forbidden` unless the key is a tenant's and permits `scope`. */
export async function authorizeTenant(request: KeyedRequest, store: KeyStore, scope: TenantScope): Promise<TenantKey> {
  const key = await authenticateRequest(request, store);
  if (key.tenant === undefined || !key.scopes.has(scope)) throw new HttpError("forbidden");
  return key;
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
