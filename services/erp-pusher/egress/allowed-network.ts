import { BlockList } from "node:net";
import { z } from "zod";
import { familyOf } from "./address-class.ts";

/** A network in which an ERP may be although it is not public. */
export interface AllowedNetwork {
  readonly address: string;
  /** Count of leading bits that belong to the network. */
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

/**
 * What an exception may be made of: the networks that sites number themselves from (RFC 1918, RFC 6598, RFC 4193). The
 * rest is never where an ERP is, and an exception as wide as 0.0.0.0/0 would open it: the machine itself, the addresses at
 * which a cloud hands out credentials, spellings of IPv4 inside IPv6.
 */
const SITE_NETWORKS: readonly AllowedNetwork[] = [
  { address: "10.0.0.0", prefix: 8, family: "ipv4" },
  { address: "172.16.0.0", prefix: 12, family: "ipv4" },
  { address: "192.168.0.0", prefix: 16, family: "ipv4" },
  { address: "100.64.0.0", prefix: 10, family: "ipv4" },
  { address: "fc00::", prefix: 7, family: "ipv6" },
];

const NO_NETWORK = "must be a network such as 10.20.0.0/16";
const NO_SITE_NETWORK =
  "must lie within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 or fc00::/7: a public network needs no " +
  "exception, and to other networks nothing is ever sent";
const PREFIX = /^(?:0|[1-9]\d{0,2})$/;
const PREFIX_MAX = { ipv4: 32, ipv6: 128 } as const;

/** A network in CIDR notation, as an operator writes it. */
export const allowedNetwork = z
  .string(NO_NETWORK)
  .transform((text, context) => {
    const network = parseNetwork(text);
    if (network !== undefined) return network;
    context.addIssue({ code: "custom", message: NO_NETWORK });
    return z.NEVER;
  })
  .refine((network) => SITE_NETWORKS.some((site) => isWithin(network, site)), NO_SITE_NETWORK);

function parseNetwork(text: string): AllowedNetwork | undefined {
  const [address = "", prefix = "", ...rest] = text.split("/");
  const family = address.includes("%") ? undefined : familyOf(address);
  if (family === undefined || rest.length > 0 || !PREFIX.test(prefix)) return undefined;
  return Number(prefix) <= PREFIX_MAX[family] ? { address, prefix: Number(prefix), family } : undefined;
}

function isWithin(network: AllowedNetwork, site: AllowedNetwork): boolean {
  if (network.family !== site.family || network.prefix < site.prefix) return false;
  return networkList([site]).check(network.address, network.family);
}

/** The networks as one list that can be asked for an address. */
export function networkList(networks: readonly AllowedNetwork[]): BlockList {
  const list = new BlockList();
  for (const { address, prefix, family } of networks) list.addSubnet(address, prefix, family);
  return list;
}
