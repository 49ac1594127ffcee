import { type TenantId, tenantIdSchema } from "@flowstate/contracts";
import { type ApiKey, HttpError } from "@flowstate/runtime";

/** Who asks, and whose rows the answer is made of: a tenant's own; with the operator's key everybody's or one tenant's. */
export type Viewer =
  | { readonly kind: "tenant"; readonly tenant: TenantId }
  | { readonly kind: "operator"; readonly tenant: TenantId | undefined };

/** The parameter of everything that is about tenants' rows. */
export const tenantParameter = tenantIdSchema
  .optional()
  .describe("Whose. With a tenant's key, its own or nothing; with an operator's key, any, or nothing for all.");

/** Whether the key permits what an endpoint of `scope` does: an operator's all, a tenant's reading at most. */
export function permits(key: ApiKey, scope: "read" | "admin"): boolean {
  return key.tenant === undefined || (scope === "read" && key.scopes.has(scope));
}

/** Whose rows `key` sees when it asks for those of `asked`. Throws 403 for another tenant's. */
export function viewerOf(key: ApiKey, asked: TenantId | undefined): Viewer {
  if (key.tenant === undefined) return { kind: "operator", tenant: asked };
  if (asked !== undefined && asked !== key.tenant) throw new HttpError("forbidden");
  return { kind: "tenant", tenant: key.tenant };
}
