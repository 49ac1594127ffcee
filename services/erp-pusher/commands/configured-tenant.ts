import { type TenantId, tenantIdSchema } from "@flowstate/contracts";
import { readConfig } from "@flowstate/runtime";
import { erpPusherConfigWithoutBroker } from "../config.ts";
import { type ErpTenant, erpTenants } from "../erp-tenants.ts";

/** No tenant of that name has an ERP. The message is for a person at a terminal. */
export class UnknownTenantError extends Error {}

/**
 * The tenant called `name` as erp-pusher would have it with this environment. Throws `ConfigError` when erp-pusher would not
 * start with it, and `UnknownTenantError`.
 */
export function configuredTenant(
  name: string,
  environment: NodeJS.ProcessEnv,
): { readonly id: TenantId; readonly tenant: ErpTenant } {
  const { schema, variables } = erpPusherConfigWithoutBroker;
  const tenants = erpTenants(readConfig(schema, variables, environment));
  const id = tenantIdSchema.safeParse(name);
  const tenant = id.success ? tenants.get(id.data) : undefined;
  if (id.success && tenant !== undefined) return { id: id.data, tenant };
  throw new UnknownTenantError(`no tenant ${name} has an ERP in this configuration: ${[...tenants.keys()].join(", ")}`);
}
