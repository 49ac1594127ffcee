import type { TenantId } from "@flowstate/contracts";
import type { ErpPusherOwnConfig } from "./config.ts";
import { type ErpEndpoint, erpEndpoint } from "./erp-endpoint.ts";
import type { PayloadMapping } from "./payload/mapping.ts";
import type { SigningKey, WebhookSecrets } from "./sign.ts";

/** Where a tenant's extractions go, how the tenant knows that they come from here, and what it expects. */
export interface ErpTenant {
  readonly endpoint: ErpEndpoint;
  readonly secrets: WebhookSecrets;
  /** Keys of ed25519 signatures, beside those with the secrets. */
  readonly signingKeys: readonly SigningKey[];
  /** What every request carries besides, names in lower case: what was agreed on with the ERP's owners. */
  readonly headers: Readonly<Record<string, string>>;
  /** Longest wait for the ERP in one attempt, milliseconds. */
  readonly timeoutMs: number;
  /** How many requests the ERP is sent at once. */
  readonly maxConcurrency: number;
  /** The fields that the ERP expects in place of the full payload. */
  readonly mapping: PayloadMapping | undefined;
}

/** Enough for a burst, and few enough for an ERP that books each document in a transaction. */
const DEFAULT_MAX_CONCURRENCY = 8;

/** The ERP of every tenant: of the plain variables', if they are set, and of each in `FLOWSTATE_TENANTS`. */
export function erpTenants(config: ErpPusherOwnConfig): ReadonlyMap<TenantId, ErpTenant> {
  const allowLoopback = config.FLOWSTATE_LOCAL;
  const tenants = new Map<TenantId, ErpTenant>();
  const { ERP_WEBHOOK_URL: url, ERP_WEBHOOK_SECRET: secrets, ERP_CLIENT_CERTIFICATE: certificate } = config;
  const { ERP_CLIENT_KEY: key } = config;
  if (url !== undefined && secrets !== undefined) {
    tenants.set(config.TENANT_ID, {
      endpoint: erpEndpoint({
        url,
        caCertificate: config.ERP_CA_CERTIFICATE,
        clientCertificate: certificate === undefined || key === undefined ? undefined : { certificate, key },
        allowedNetworks: config.ERP_ALLOWED_NETWORKS ?? [],
        allowLoopback,
      }),
      secrets,
      signingKeys: [],
      headers: authorization(config.ERP_BEARER_TOKEN),
      timeoutMs: config.ERP_TIMEOUT_MS,
      maxConcurrency: DEFAULT_MAX_CONCURRENCY,
      mapping: undefined,
    });
  }
  for (const { id, erp } of config.FLOWSTATE_TENANTS ?? []) {
    tenants.set(id, {
      endpoint: erpEndpoint({
        url: erp.url,
        caCertificate: erp.ca_certificate,
        clientCertificate: erp.client_certificate,
        allowedNetworks: erp.allowed_networks,
        allowLoopback,
      }),
      secrets: erp.secrets,
      signingKeys: erp.signing_keys,
      headers: { ...erp.headers, ...authorization(erp.bearer_token) },
      timeoutMs: erp.timeout_ms ?? config.ERP_TIMEOUT_MS,
      maxConcurrency: erp.max_concurrency ?? DEFAULT_MAX_CONCURRENCY,
      mapping: erp.payload,
    });
  }
  return tenants;
}

function authorization(token: string | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
