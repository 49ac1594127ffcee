import { BlockList } from "node:net";
import { familyOf } from "@flowstate/runtime";

/**
 * What kinds of addresses there are besides the public ones: IANA's special-purpose registries
 * (https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry), multicast, and the addresses
 * at which clouds hand credentials to whoever asks. Public is what is left: for IPv6 of the one block that global addresses
 * are given out of, for IPv4 of everything. The first class that has an address is its class, so narrow ones come first.
 */

const IPV4_NETWORKS = [
  // Azure's is among public addresses, Alibaba's in the carriers' network, Oracle's among protocol assignments.
  ["cloud_metadata", ["169.254.169.254/32", "168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32"]],
  ["this_network", ["0.0.0.0/8"]],
  ["private", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]],
  ["carrier_nat", ["100.64.0.0/10"]],
  ["loopback", ["127.0.0.0/8"]],
  ["link_local", ["169.254.0.0/16"]],
  // The last three are anycast services of the network itself: AS112, AMT, AS112 again.
  ["protocol_assignment", ["192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24"]],
  ["documentation", ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]],
  ["6to4", ["192.88.99.0/24"]],
  ["benchmarking", ["198.18.0.0/15"]],
  ["multicast", ["224.0.0.0/4"]],
  ["reserved", ["240.0.0.0/4"]],
] as const;

const IPV6_NETWORKS = [
  ["cloud_metadata", ["fd00:ec2::254/128", "fd20:ce::254/128"]],
  ["this_network", ["::/128"]],
  ["loopback", ["::1/128"]],
  ["ipv4_mapped", ["::ffff:0:0/96"]],
  ["ipv4_compatible", ["::/96"]],
  ["ipv4_translated", ["::ffff:0:0:0/96"]],
  ["nat64", ["64:ff9b::/96", "64:ff9b:1::/48"]],
  ["discard", ["100::/64", "100:0:0:1::/64"]],
  ["teredo", ["2001::/32"]],
  ["benchmarking", ["2001:2::/48"]],
  ["protocol_assignment", ["2001::/23", "2620:4f:8000::/48"]],
  ["documentation", ["2001:db8::/32", "3fff::/20"]],
  ["6to4", ["2002::/16"]],
  ["srv6", ["5f00::/16"]],
  ["unique_local", ["fc00::/7"]],
  ["link_local", ["fe80::/10"]],
  ["site_local", ["fec0::/10"]],
  ["multicast", ["ff00::/8"]],
] as const;

/** All that is given out so far of global unicast IPv6 (RFC 4291 §2.4, IANA's registry of it). */
const GLOBAL_IPV6 = blockListOf("ipv6", ["2000::/3"]);

/** A kind of address that is not public; `unassigned` is IPv6 that nobody has, `no_address` what is no address at all. */
export type AddressClass =
  | (typeof IPV4_NETWORKS)[number][0]
  | (typeof IPV6_NETWORKS)[number][0]
  | "unassigned"
  | "no_address";

/** Each class as a sentence says it: "leads to …". */
export const ADDRESS_CLASS_WORDS: Readonly<Record<AddressClass, string>> = {
  cloud_metadata: "a cloud's metadata service",
  this_network: "an unspecified address, which means this machine",
  private: "a private address",
  carrier_nat: "a carrier's shared address",
  loopback: "this machine itself",
  link_local: "a link-local address",
  protocol_assignment: "an address kept for network protocols",
  documentation: "an address kept for documentation",
  "6to4": "a 6to4 address",
  benchmarking: "an address kept for benchmarks",
  multicast: "a multicast address",
  reserved: "a reserved address",
  ipv4_mapped: "an IPv4 address written as IPv6",
  ipv4_compatible: "an IPv4 address written as IPv6",
  ipv4_translated: "an IPv4 address written as IPv6",
  nat64: "an IPv4 address behind NAT64",
  discard: "an address whose traffic is discarded",
  teredo: "a Teredo address",
  srv6: "a segment routing address",
  unique_local: "a unique local (private) address",
  site_local: "a site-local address",
  unassigned: "an address that nobody is assigned",
  no_address: "no address",
};

/** One list per family: a BlockList takes a v4-mapped IPv6 address for the IPv4 address in it. */
const CLASSES = { ipv4: classLists("ipv4", IPV4_NETWORKS), ipv6: classLists("ipv6", IPV6_NETWORKS) };

/**
 * The class of an address as sockets write it: without brackets, numbers in decimal (RFC 5952 for IPv6). Undefined when it
 * is public. What is no address has a class, too: nothing is public by being unreadable.
 */
export function addressClass(address: string): AddressClass | undefined {
  const family = familyOf(address);
  if (family === undefined) return "no_address";
  // A zone says on which link an address is meant: it is local to that link, whatever its digits are.
  if (address.includes("%")) return "link_local";
  const found = CLASSES[family].find(({ list }) => list.check(address, family));
  if (found !== undefined) return found.name;
  return family === "ipv6" && !GLOBAL_IPV6.check(address, family) ? "unassigned" : undefined;
}

type Family = "ipv4" | "ipv6";

function classLists(family: Family, networks: readonly (readonly [AddressClass, readonly string[]])[]) {
  return networks.map(([name, members]) => ({ name, list: blockListOf(family, members) }));
}

function blockListOf(family: Family, networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
