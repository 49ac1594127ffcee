import { z } from "zod";
import { type Tenant, tenantId } from "./tenants.ts";

/** Far more than one installation serves; a longer list is a mistake that would only make the start slow. */
const MAX_TENANTS = 10_000;

/**
 * `FLOWSTATE_TENANTS`: a JSON array of tenants by `schema`, which is `tenantSchema` extended by what the service needs of
 * each. All problems of all tenants are listed, each with its place and without a value. Ids, addresses and keys belong to
 * one tenant only.
 */
export function tenantsSetting<S extends z.ZodType<Pick<Tenant, "id">>>(schema: S) {
  return z
    .string()
    .transform((text, context) => {
      const listed = z.array(z.unknown()).min(1).max(MAX_TENANTS).safeParse(parsedJson(text));
      if (!listed.success) {
        context.addIssue({ code: "custom", message: `must be a JSON array of 1 to ${MAX_TENANTS} tenants` });
        return [];
      }
      // Tenants in order are handed on although others are not, so that checks across variables can list their problems.
      const tenants: z.output<S>[] = [];
      for (const [index, tenant] of listed.data.entries()) {
        const parsed = schema.safeParse(tenant, { reportInput: true });
        if (parsed.success) tenants.push(parsed.data);
        for (const issue of parsed.error?.issues ?? []) {
          const message = `${nameOf(tenant, index)}: ${placeOf(issue.path)} ${problemOf(issue)}`;
          context.addIssue({ code: "custom", path: [index, ...issue.path], message });
        }
      }
      refuseRepetitions(listed.data, context);
      return tenants;
    })
    .optional()
    .meta({ secret: true })
    .describe(
      "Further tenants, a JSON array or file:/path (docs/operations/tenants.md). When it is set, the plain variables of " +
        "one tenant may be absent.",
    );
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a tenant is called in a problem: its place in the list, counted from 1, and its id if it has a proper one. */
function nameOf(tenant: unknown, index: number): string {
  const identified = z.object({ id: tenantId }).safeParse(tenant);
  return `tenant ${index + 1}${identified.success ? ` (${identified.data.id})` : ""}`;
}

/** A place within a tenant in the spelling of JavaScript: `erp.secrets[0]`; the tenant as a whole is `it`. */
function placeOf(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`));
  return steps.length === 0 ? "it" : steps.join("").replace(/^\./, "");
}

/** A key is named only where it looks like a mistyped one: a secret in its place must not be printed. */
const KEY_LIKE = /^[a-zA-Z_-]{1,24}$/;

function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") {
    const named = issue.keys.filter((key) => KEY_LIKE.test(key));
    return `has an unknown key${named.length === 0 ? "" : `: ${named.join(", ")}`}`;
  }
  return issue.code === "invalid_type" && issue.input === undefined ? "is required" : issue.message;
}

function refuseRepetitions(tenants: readonly unknown[], context: z.core.$RefinementCtx): void {
  const owners = new Map<string, string>();
  for (const [index, tenant] of tenants.entries()) {
    const name = nameOf(tenant, index);
    for (const { path, claimed } of claimsOf(tenant)) {
      const owner = owners.get(claimed);
      if (owner === undefined) {
        owners.set(claimed, name);
      } else {
        const message = `${name}: ${placeOf(path)} is already that of ${owner}`;
        context.addIssue({ code: "custom", path: [index, ...path], message });
      }
    }
  }
}

interface Claim {
  readonly path: readonly PropertyKey[];
  /** Equal for equal claims, however they are written. */
  readonly claimed: string;
}

const looseList = z.array(z.unknown()).catch([]);
/** A key is written as its digest, or as an object that has it. */
const looseKey = z.object({ sha256: z.unknown() }).transform(({ sha256 }) => sha256);
const looseTenant = z
  .object({ id: z.unknown().optional(), addresses: looseList, api_keys: looseList })
  .catch({ id: undefined, addresses: [], api_keys: [] });

/** What only one tenant can have, read without minding whether it is in order: that is told beside. */
function claimsOf(tenant: unknown): readonly Claim[] {
  const { id, addresses, api_keys } = looseTenant.parse(tenant);
  const claim = (path: readonly PropertyKey[], value: unknown): Claim[] =>
    typeof value === "string" ? [{ path, claimed: `${String(path[0])} ${value.toLowerCase()}` }] : [];
  const digestOf = (key: unknown) => (typeof key === "string" ? key : looseKey.safeParse(key).data);
  return [
    ...claim(["id"], id),
    ...addresses.flatMap((address, index) => claim(["addresses", index], address)),
    ...api_keys.flatMap((key, index) => claim(["api_keys", index], digestOf(key))),
  ];
}
