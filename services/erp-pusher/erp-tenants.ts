import type { TenantId } from "@flowstate/contracts";
import type { ErpPusherConfig } from "./config.ts";
import { type ErpEndpoint, erpEndpoint } from "./erp-endpoint.ts";
import type { WebhookSecrets } from "./sign.ts";

/** Where a tenant's extractions go, and how the tenant knows that they come from here. */
export interface ErpTenant {
  readonly endpoint: ErpEndpoint;
  readonly secrets: WebhookSecrets;
  /** Longest wait for the ERP, milliseconds. */
  readonly timeoutMs: number;
}

/** The ERP of every tenant: of the plain variables', if they are set, and of each in `FLOWSTATE_TENANTS`. */
export function erpTenants(config: ErpPusherConfig): ReadonlyMap<TenantId, ErpTenant> {
  const tenants = new Map<TenantId, ErpTenant>();
  const { ERP_WEBHOOK_URL: url, ERP_WEBHOOK_SECRET: secrets, ERP_CA_CERTIFICATE: certificate } = config;
  if (url !== undefined && secrets !== undefined) {
    tenants.set(config.TENANT_ID, {
      endpoint: erpEndpoint(url, certificate),
      secrets,
      timeoutMs: config.ERP_TIMEOUT_MS,
    });
  }
  for (const { id, erp } of config.FLOWSTATE_TENANTS ?? []) {
    tenants.set(id, {
      endpoint: erpEndpoint(erp.url, erp.ca_certificate),
      secrets: erp.secrets,
      timeoutMs: erp.timeout_ms ?? config.ERP_TIMEOUT_MS,
    });
  }
  return tenants;
}
