import type { TenantId } from "@flowstate/contracts";
import type { Envelope } from "../mail.ts";

export interface TenantAddresses {
  readonly id: TenantId;
  /** Lower case. */
  readonly addresses: readonly string[];
}

/**
 * Whose mail it is: the tenant one of whose addresses is among the envelope's recipients. Never the `to` header, which
 * forwarding and blind copies make differ.
 */
export function resolveTenant(envelope: Envelope, tenants: readonly TenantAddresses[]): TenantId | undefined {
  const recipients = new Set(envelope.to.map((address) => address.trim().toLowerCase()));
  return tenants.find(({ addresses }) => addresses.some((address) => recipients.has(address)))?.id;
}
