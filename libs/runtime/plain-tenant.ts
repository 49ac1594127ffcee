import { z } from "zod";
import type { ConfiguredKey } from "./api-key-setting.ts";
import { ALL_TENANT_SCOPES, digestOfKey, type TenantKey } from "./api-keys.ts";
import { secret } from "./config.ts";
import { type Tenant, tenantId } from "./tenants.ts";

/**
 * One tenant is configured by plain variables, further ones by `FLOWSTATE_TENANTS`: the first is the way to begin with,
 * and stays valid beside the second.
 */

const API_KEY_MIN_LENGTH = 16;
const DEFAULT_TENANT_ID = "default";

/** The plain tenant's id. */
export const tenantIdSetting = z
  .string()
  .default(DEFAULT_TENANT_ID)
  .pipe(tenantId)
  .describe("Id of the tenant that the plain variables describe: lower-case letters, digits and hyphens.");

/** For `meta` of a variable that the plain tenant cannot be without: what the configuration page says of it. */
export const UNLESS_TENANTS = { requiredUnless: "FLOWSTATE_TENANTS" } as const;

/** The plain tenant's key. */
export const apiSecretSetting = secret(API_KEY_MIN_LENGTH)
  .optional()
  .meta({ secret: true, ...UNLESS_TENANTS })
  .describe("The tenant's API key, presented as X-API-Key.");

/** The variables of a service that tenants are made of, as far as the service has them. */
interface TenantVariables<T> {
  readonly TENANT_ID: Tenant["id"];
  readonly TENANT_ADDRESS?: readonly string[] | undefined;
  readonly API_SECRET?: string | undefined;
  readonly FLOWSTATE_TENANTS?: readonly T[] | undefined;
}

/** What belongs to one tenant only. */
type TenantClaims = Pick<Tenant, "id" | "addresses" | "api_keys">;

/**
 * Adds a problem for each of the `needed` variables that the plain tenant lacks, and for what it has in common with another
 * tenant. It may be absent as a whole when there are others: half of it, `optional` variables included, is a mistake.
 * Made for `superRefine` with `ALSO_WITH_PROBLEMS`: of `needed` and `optional` it looks at the presence only.
 */
export function refusePlainTenant(
  { TENANT_ID, TENANT_ADDRESS, API_SECRET, FLOWSTATE_TENANTS: others }: TenantVariables<TenantClaims>,
  { needed, optional }: PlainVariables,
  context: z.core.$RefinementCtx,
): void {
  const refuse = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
  const begun = Object.values({ ...needed, ...optional }).some((value) => value !== undefined);
  if (others !== undefined && !begun && TENANT_ID === DEFAULT_TENANT_ID) return;

  const reason = others === undefined ? "unless FLOWSTATE_TENANTS is set" : "beside the other variables of its tenant";
  for (const [name, value] of Object.entries(needed)) {
    if (value === undefined) refuse(name, `is required ${reason}`);
  }
  const key = API_SECRET === undefined ? undefined : digestOfKey(API_SECRET);
  for (const { id, addresses = [], api_keys = [] } of others ?? []) {
    if (id === TENANT_ID) refuse("TENANT_ID", "is also the id of a tenant in FLOWSTATE_TENANTS");
    if (TENANT_ADDRESS?.some((address) => addresses.includes(address)) === true) {
      refuse("TENANT_ADDRESS", `has an address of tenant ${id} in FLOWSTATE_TENANTS`);
    }
    if (key !== undefined && api_keys.some(({ digest }) => digest.equals(key))) {
      refuse("API_SECRET", `is also a key of tenant ${id} in FLOWSTATE_TENANTS`);
    }
  }
}

/** Variables of the plain tenant in one service: those it cannot be without, and others that are part of it. */
interface PlainVariables {
  readonly needed: Readonly<Record<string, unknown>>;
  readonly optional?: Readonly<Record<string, unknown>>;
}

/** A tenant as the services know it that mails and requests come to. */
export interface ConfiguredTenant {
  readonly id: Tenant["id"];
  readonly plan: Tenant["plan"];
  /** Addresses and `@domain`s, in lower case. */
  readonly addresses: readonly string[];
  readonly senders: {
    /** Addresses and `@domain`s, in lower case; undefined for anybody. */
    readonly allow: readonly string[] | undefined;
    readonly require: readonly ("spf" | "dkim")[];
  };
  readonly api_keys: readonly ConfiguredKey[];
}

/** The plain tenant, if there is one, and all others. */
export function configuredTenants(variables: TenantVariables<Tenant>): readonly ConfiguredTenant[] {
  const { TENANT_ID: id, TENANT_ADDRESS: addresses = [], API_SECRET: key, FLOWSTATE_TENANTS = [] } = variables;
  const others = FLOWSTATE_TENANTS.map((tenant) => ({
    id: tenant.id,
    plan: tenant.plan,
    addresses: tenant.addresses ?? [],
    senders: { allow: tenant.senders.allow, require: tenant.senders.require },
    api_keys: tenant.api_keys,
  }));
  if (key === undefined) return others;
  const senders = { allow: undefined, require: [] };
  const apiKey = { digest: digestOfKey(key), scopes: ALL_TENANT_SCOPES };
  return [{ id, plan: "starter", addresses, senders, api_keys: [apiKey] }, ...others];
}

/** The keys of all tenants, as requests are held against them. */
export function apiKeysOf(tenants: readonly ConfiguredTenant[]): readonly TenantKey[] {
  return tenants.flatMap(({ id, api_keys }) => api_keys.map((key) => ({ ...key, tenant: id })));
}
