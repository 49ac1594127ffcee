import type { ErpDouble } from "@flowstate/local/doubles/erp.ts";
import { type ErpEndpointOptions, erpEndpoint } from "../erp-endpoint.ts";
import type { ErpTenant } from "../erp-tenants.ts";
import { parseWebhookSecrets, type WebhookSecrets } from "../sign.ts";

/** Longer than any test runs: a limit that must not be what ends it. */
export const AMPLE_MS = 60_000;

export interface TenantOptions extends Partial<Omit<ErpTenant, "endpoint" | "secrets">> {
  readonly secret?: string;
  readonly endpoint?: Partial<ErpEndpointOptions>;
}

/** The tenant whose ERP is this double, as erp-pusher would have it from a configuration that fits. */
export function tenantOf(
  erp: Pick<ErpDouble, "webhookUrl" | "secret" | "certificateAuthority">,
  { secret, endpoint, ...options }: TenantOptions = {},
): ErpTenant {
  return {
    endpoint: erpEndpoint({
      url: new URL(erp.webhookUrl),
      caCertificate: erp.certificateAuthority,
      allowLoopback: true,
      ...endpoint,
    }),
    secrets: secretsOf(secret ?? erp.secret),
    signingKeys: [],
    headers: {},
    timeoutMs: AMPLE_MS,
    maxConcurrency: 8,
    mapping: undefined,
    ...options,
  };
}

/** Throws for a list that no test means. */
export function secretsOf(list: string): WebhookSecrets {
  const secrets = parseWebhookSecrets(list);
  if (secrets === undefined) throw new Error("the test's secret is unusable");
  return secrets;
}
