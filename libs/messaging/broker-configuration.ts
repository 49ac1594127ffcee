import { type Account, IDENTITIES, IDENTITY_NAMES, type Identity } from "./identities.ts";
import { CHUNK_BYTES } from "./transfer/limits.ts";

/**
 * nats-server configurations, rendered from the table of identities: that of one server on this machine, where an identity
 * shows a password, and that of a node of a cluster, where it shows a certificate and nothing in the file is secret.
 * Configuration blocks need their line ends.
 */

/** Room for a sealed chunk with all that is around it, and for nothing much larger. */
const MAX_PAYLOAD_BYTES = 2 * CHUNK_BYTES;
const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** Metadata of some 20 million documents, and what a replica needs while it catches up. */
const MAX_STORE_BYTES = 16 * GIB;
/** Every stream lies on disk. */
const MAX_MEMORY_BYTES = MIB;
/** The stream of events and the ledger's two buckets: there is no place for another stream, whoever may ask for it. */
const MAX_STREAMS = 3;
/** audit's own, and those of an operator's commands that read the stream. */
const MAX_CONSUMERS = 8;
const MAX_CONNECTIONS = 1_024;

/** The subject of every node's certificate is `CN=` and this: whoever else comes to the cluster's port is refused. */
export const BROKER_NODE_NAME = "flowstate-broker";

export type Passwords = Readonly<Record<Identity, string>>;

export interface SingleBroker {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly storeDir: string;
  readonly passwords: Passwords;
  /** Whether each write waits for the disk, which servers before 2.10 cannot be told. */
  readonly syncAlways: boolean;
}

/** One server that this machine alone can reach. */
export function renderSingleBroker({ port, storeDir, passwords, syncAlways }: SingleBroker): string {
  return `listen: "127.0.0.1:${port}"
max_payload: ${MAX_PAYLOAD_BYTES}
jetstream: {
  store_dir: ${JSON.stringify(storeDir)}
${syncAlways ? "  sync_interval: always\n" : ""}}
${renderAccounts("enabled", (identity) => ({ user: identity, password: passwords[identity] }))}`;
}

/**
 * What a node is told by its environment, because it differs from node to node or from place to place. Hosts, paths and
 * routes are nats-server's own notation.
 */
const NODE_VARIABLES = {
  NATS_NAME: "the node's own name: nats-1",
  NATS_LISTEN: "where clients connect: 0.0.0.0:4222",
  NATS_CLUSTER_LISTEN: "where the other nodes connect: 0.0.0.0:6222",
  NATS_MONITOR: "where /healthz answers, plain http: 127.0.0.1:8222",
  NATS_ROUTES: "the cluster ports of all nodes: [tls://nats-1:6222, tls://nats-2:6222, tls://nats-3:6222]",
  NATS_STORE: "the folder of the streams, on a disk that stays: /data",
  NATS_TRUSTED: "ca.crt: the authorities that clients' and nodes' certificates come from",
  NATS_CERTIFICATE: "the node's certificate, tls.crt",
  NATS_KEY: "its private key, tls.key",
} as const;

/**
 * The configuration that all nodes of a cluster share. An identity is known by its certificate's subject, `CN=<identity>`. Each
 * write waits for the disk, because nodes may lose their power together: docs/adr/0042-acknowledged-writes-are-on-disks.md.
 */
export function renderClusterNode({ syncAlways }: Pick<SingleBroker, "syncAlways"> = { syncAlways: true }): string {
  const variables = Object.entries(NODE_VARIABLES).map(([name, meaning]) => `#   ${name.padEnd(20)} ${meaning}`);
  return `# Generated from libs/messaging by npm run generate. deploy/nats/README.md explains it.
#
# The same file for every node. Its environment says:
#
${variables.join("\n")}

server_name: $NATS_NAME
listen: $NATS_LISTEN
http: $NATS_MONITOR
max_payload: ${MAX_PAYLOAD_BYTES}
max_connections: ${MAX_CONNECTIONS}

tls: {
${renderTls("  ")}
}

cluster: {
  name: flowstate
  listen: $NATS_CLUSTER_LISTEN
  routes: $NATS_ROUTES
  # Clients know the nodes by the names in their certificates, not by addresses that nodes tell of each other.
  no_advertise: true
  authorization: { user: "CN=${BROKER_NODE_NAME}" }
  tls: {
${renderTls("    ")}
  }
}

jetstream: {
  store_dir: $NATS_STORE
  max_memory_store: ${MAX_MEMORY_BYTES}
  max_file_store: ${MAX_STORE_BYTES}
${syncAlways ? "  sync_interval: always\n" : ""}}

${renderAccounts(`{ max_streams: ${MAX_STREAMS}, max_consumers: ${MAX_CONSUMERS} }`, (identity) => ({
  user: `CN=${identity}`,
}))}`;
}

function renderTls(indent: string): string {
  return [
    "ca_file: $NATS_TRUSTED",
    "cert_file: $NATS_CERTIFICATE",
    "key_file: $NATS_KEY",
    "verify_and_map: true",
    "timeout: 5",
  ]
    .map((line) => `${indent}${line}`)
    .join("\n");
}

interface Login {
  readonly user: string;
  readonly password?: string;
}

/** DOCUMENTS has no JetStream and exports nothing, so nothing in it can be persisted. */
function renderAccounts(eventsJetStream: string, loginOf: (identity: Identity) => Login): string {
  const account = (name: Account, jetstream: string) => `  ${name}: {
    jetstream: ${jetstream}
    users: [
${IDENTITY_NAMES.filter((identity) => IDENTITIES[identity].account === name)
  .map((identity) => renderUser(identity, loginOf(identity)))
  .join("\n")}
    ]
  }`;
  return `accounts: {
${account("DOCUMENTS", "disabled")}
${account("EVENTS", eventsJetStream)}
}
`;
}

function renderUser(identity: Identity, login: Login): string {
  const { publish, subscribe } = IDENTITIES[identity];
  const list = (subjects: readonly string[]) => subjects.map((subject) => JSON.stringify(subject)).join(", ");
  const words = Object.entries(login).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `      { ${words.join(", ")}, permissions: {
          publish: { allow: [${list(publish)}] }
          subscribe: { allow: [${list(subscribe)}] }
        } }`;
}
