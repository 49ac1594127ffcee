import { BROKER_NODE_NAME } from "../../libs/messaging/broker-configuration.ts";
import { IDENTITY_NAMES } from "../../libs/messaging/identities.ts";

/** One certificate: who shows it, where, and in which folder it lies. */
export interface Holder {
  /** Below the certificates' folder. */
  readonly folder: string;
  /** The certificate's whole subject is `CN=<name>`: by this the broker knows an identity, and its nodes each other. */
  readonly name: string;
  /** Names and IPv4 addresses under which it is reached; none for one that only calls. */
  readonly hosts: readonly string[];
  readonly ends: readonly ("server" | "client")[];
}

const BROKER_NODES = ["nats-1", "nats-2", "nats-3"] as const;
/** Servers that are reached over TLS, by the names that they have in a compose network. */
const SERVERS = ["postgres", "ingest", "audit", "collector", "grafana"] as const;
/** How any of them is reached on the machine that it runs on. */
const THIS_MACHINE = ["localhost", "127.0.0.1"] as const;

/**
 * Everybody who gets a certificate. `furtherHosts` are the names and addresses under which a node or server is reached
 * besides, by its name. Throws for a holder that there is not.
 */
export function holders(furtherHosts: ReadonlyMap<string, readonly string[]> = new Map()): readonly Holder[] {
  const unknown = [...furtherHosts.keys()].find((name) => ![...BROKER_NODES, ...SERVERS].some((it) => it === name));
  if (unknown !== undefined) throw new UnknownHolderError([...BROKER_NODES, ...SERVERS]);
  const hostsOf = (name: string) => [name, ...THIS_MACHINE, ...(furtherHosts.get(name) ?? [])];
  return [
    // A node is a server to clients, and both to its fellows.
    ...BROKER_NODES.map((name) => ({
      folder: `broker/${name}`,
      name: BROKER_NODE_NAME,
      hosts: hostsOf(name),
      ends: ["server", "client"] as const,
    })),
    ...IDENTITY_NAMES.map((name) => ({ folder: `identities/${name}`, name, hosts: [], ends: ["client"] as const })),
    ...SERVERS.map((name) => ({
      folder: `servers/${name}`,
      name: `${name} server`,
      hosts: hostsOf(name),
      ends: ["server"] as const,
    })),
  ];
}

export class UnknownHolderError extends Error {
  constructor(names: readonly string[]) {
    super(`hosts can be added to: ${names.join(", ")}`);
    this.name = "UnknownHolderError";
  }
}
