import { familyOf, type IpNetwork, networkList } from "@flowstate/runtime";
import { ADDRESS_CLASS_WORDS, type AddressClass, addressClass } from "./address-class.ts";

/** What deliveries to one tenant may reach beyond the public addresses. */
export interface AddressPolicy {
  /** Where an ERP on the operator's own premises is. */
  readonly allowedNetworks: readonly IpNetwork[];
  /** This machine itself: for the local stack and tests only. */
  readonly allowLoopback: boolean;
}

/** Says why an address must not be connected to: its class; undefined when it may be. */
export type AddressGuard = (address: string) => AddressClass | undefined;

/** Classes an allowed network can make an exception of. A cloud's metadata service inside such a network stays closed. */
export const EXEMPTIBLE_CLASSES: ReadonlySet<AddressClass> = new Set(["private", "carrier_nat", "unique_local"]);

/** The one decision about where deliveries may lead: public addresses, and what `policy` permits besides. */
export function guardAddresses({ allowedNetworks, allowLoopback }: AddressPolicy): AddressGuard {
  const allowed = networkList(allowedNetworks);
  return (address) => {
    const found = addressClass(address);
    if (found === undefined || (found === "loopback" && allowLoopback)) return undefined;
    const exempt = EXEMPTIBLE_CLASSES.has(found) && allowed.check(address, familyOf(address));
    return exempt ? undefined : found;
  };
}

/**
 * Nothing was sent, because the endpoint leads to an address that deliveries must not reach: the way in which somebody who
 * can choose or answer for a name would make this process speak to the inside of its network.
 */
export class AddressRefusedError extends Error {
  readonly code = "ERR_ADDRESS_REFUSED";
  readonly addressClass: AddressClass;
  /** As the name system answered, or the socket said: for a person at a terminal, not for a log. */
  readonly address: string;

  constructor(address: string, refused: AddressClass) {
    super(`the address is not one to deliver to: ${refused}`);
    this.name = "AddressRefusedError";
    this.addressClass = refused;
    this.address = address;
  }
}

/**
 * What is wrong with the endpoint's host, known without asking anybody: it is an address that `policy` refuses, or a name
 * that only ever means this machine (RFC 6761 §6.3). For a problem at start; undefined when nothing is known to be wrong.
 */
export function hostProblem(url: URL, policy: AddressPolicy): string | undefined {
  const host = hostOf(url);
  if (familyOf(host) === undefined && !LOCALHOST.test(host)) return undefined;
  const refused = guardAddresses(policy)(LOCALHOST.test(host) ? "127.0.0.1" : host);
  if (refused === undefined) return undefined;
  const remedy = EXEMPTIBLE_CLASSES.has(refused)
    ? ", which needs an allowed network"
    : ", to which nothing is ever sent";
  return `leads to ${ADDRESS_CLASS_WORDS[refused]}${remedy}`;
}

const LOCALHOST = /(?:^|\.)localhost\.?$/;

/** The host as sockets and certificates write it: an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}
