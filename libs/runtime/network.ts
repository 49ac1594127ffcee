import { BlockList, isIP } from "node:net";
import { z } from "zod";

/** A range of addresses in CIDR notation. */
export interface IpNetwork {
  readonly address: string;
  /** Count of leading bits that belong to the network. */
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

const NO_NETWORK = "must be a network such as 10.20.0.0/16";
const PREFIX = /^(?:0|[1-9]\d{0,2})$/;
const PREFIX_MAX = { ipv4: 32, ipv6: 128 } as const;

/** A network as an operator writes it. */
export const ipNetwork = z.string(NO_NETWORK).transform((text, context) => {
  const network = parseNetwork(text);
  if (network !== undefined) return network;
  context.addIssue({ code: "custom", message: NO_NETWORK });
  return z.NEVER;
});

/** Several, separated by spaces or commas. */
export function ipNetworks<T>(network: z.ZodType<T, string>, max: number) {
  return z
    .string()
    .transform((list) => list.split(/[\s,]+/).filter((text) => text !== ""))
    .pipe(z.array(network).min(1, "must not be empty").max(max));
}

function parseNetwork(text: string): IpNetwork | undefined {
  const [address = "", prefix = "", ...rest] = text.split("/");
  const family = address.includes("%") ? undefined : familyOf(address);
  if (family === undefined || rest.length > 0 || !PREFIX.test(prefix)) return undefined;
  return Number(prefix) <= PREFIX_MAX[family] ? { address, prefix: Number(prefix), family } : undefined;
}

/** Undefined for what is no address. A BlockList answers "not listed" for that, so this is asked first. */
export function familyOf(address: string): IpNetwork["family"] | undefined {
  const version = isIP(address);
  if (version === 0) return undefined;
  return version === 4 ? "ipv4" : "ipv6";
}

/** The networks as one list that can be asked for an address. */
export function networkList(networks: readonly IpNetwork[]): BlockList {
  const list = new BlockList();
  for (const { address, prefix, family } of networks) list.addSubnet(address, prefix, family);
  return list;
}
