import type { TenantId } from "@flowstate/contracts";
import type { Envelope } from "../mail.ts";
import type { SenderPolicy } from "./check-sender.ts";

/** What ingest knows of a tenant. */
export interface MailTenant {
  readonly id: TenantId;
  /** Lower case: `invoices@acme.example`, or `@acme.example` for every address of that domain nobody else has. */
  readonly addresses: readonly string[];
  readonly senders: SenderPolicy;
}

/** Whose each address is. */
export class RecipientTable {
  readonly #tenants: ReadonlyMap<string, MailTenant>;

  /** No two tenants have an address in common; the configuration sees to that. */
  constructor(tenants: readonly MailTenant[]) {
    this.#tenants = new Map(tenants.flatMap((tenant) => tenant.addresses.map((address) => [address, tenant] as const)));
  }

  /**
   * The tenants that a mail is for, each once: those who have its envelope's recipients. Never those of the `to` header,
   * which forwarding and blind copies make differ. Empty when nobody here has any of the addresses.
   */
  tenantsOf({ to }: Envelope): MailTenant[] {
    return [...new Set(to.map((recipient) => this.#tenantOf(recipient)))].filter((tenant) => tenant !== undefined);
  }

  /** Whether the recipients are addresses as tenants have them, so that they say no more than the configuration does. */
  hasAllOf({ to }: Envelope): boolean {
    return to.every((recipient) => this.#tenants.has(addressOf(recipient)));
  }

  /** The address itself comes first, then the one without what follows a plus (RFC 5233), then whoever has the domain. */
  #tenantOf(recipient: string): MailTenant | undefined {
    const address = addressOf(recipient);
    const at = address.lastIndexOf("@");
    if (at === -1) return undefined;
    const [local, domain] = [address.slice(0, at), address.slice(at)];
    const mailbox = local.split("+", 1)[0] ?? local;
    return this.#tenants.get(address) ?? this.#tenants.get(mailbox + domain) ?? this.#tenants.get(domain);
  }
}

function addressOf(recipient: string): string {
  return recipient.trim().toLowerCase();
}
