import { type IpNetwork, ipNetwork, networkList } from "@flowstate/runtime";

/**
 * What an exception may be made of: the networks that sites number themselves from (RFC 1918, RFC 6598, RFC 4193). The
 * rest is never where an ERP is, and an exception as wide as 0.0.0.0/0 would open it: the machine itself, the addresses at
 * which a cloud hands out credentials, spellings of IPv4 inside IPv6.
 */
const SITE_NETWORKS: readonly IpNetwork[] = [
  { address: "10.0.0.0", prefix: 8, family: "ipv4" },
  { address: "172.16.0.0", prefix: 12, family: "ipv4" },
  { address: "192.168.0.0", prefix: 16, family: "ipv4" },
  { address: "100.64.0.0", prefix: 10, family: "ipv4" },
  { address: "fc00::", prefix: 7, family: "ipv6" },
];

const NO_SITE_NETWORK =
  "must lie within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 or fc00::/7: a public network needs no " +
  "exception, and to other networks nothing is ever sent";

/** A network in which an ERP may be although it is not public, in CIDR notation. */
export const allowedNetwork = ipNetwork.refine(
  (network) => SITE_NETWORKS.some((site) => isWithin(network, site)),
  NO_SITE_NETWORK,
);

function isWithin(network: IpNetwork, site: IpNetwork): boolean {
  if (network.family !== site.family || network.prefix < site.prefix) return false;
  return networkList([site]).check(network.address, network.family);
}
