import type {
  INetworkPolicy,
  INetworkPolicyEgressRule,
  INetworkPolicyPeer,
} from "kubernetes-models/networking.k8s.io/v1";
import { CLIENT_PORT, CLUSTER_PORT } from "./broker-workloads.ts";
import { labelsOf, named } from "./pods.ts";
import { SERVICE_PLANS } from "./service-workloads.ts";

/** Who may reach whom; everything else may not. */

const HTTPS = 443;
const POSTGRES = 5432;
const OTLP = 4318;
/** The internet: not the cluster, nor what else is near. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"];

const pods = (part: string): INetworkPolicyPeer => ({ podSelector: { matchLabels: labelsOf(part) } });
const tcp = (port: number) => ({ protocol: "TCP" as const, port });

const toNames: INetworkPolicyEgressRule = {
  to: [{ namespaceSelector: {}, podSelector: { matchLabels: { "k8s-app": "kube-dns" } } }],
  ports: [{ protocol: "UDP", port: 53 }, tcp(53)],
};
const toBroker: INetworkPolicyEgressRule = { to: [pods("nats")], ports: [tcp(CLIENT_PORT)] };
const toInternet: INetworkPolicyEgressRule = {
  to: [{ ipBlock: { cidr: "0.0.0.0/0", except: PRIVATE } }],
  ports: [tcp(HTTPS)],
};
/** In whichever namespace it is. */
const toCollector: INetworkPolicyEgressRule = {
  to: [{ namespaceSelector: {}, podSelector: { matchLabels: labelsOf("opentelemetry-collector") } }],
  ports: [tcp(OTLP)],
};
/** Where it is, is the operator's: a pod, or a host outside. */
const toDatabase: INetworkPolicyEgressRule = { ports: [tcp(POSTGRES)] };

const EGRESS: Readonly<Record<(typeof SERVICE_PLANS)[number]["name"], readonly INetworkPolicyEgressRule[]>> = {
  ingest: [toNames, toBroker, toCollector],
  extractor: [toNames, toBroker, toCollector, toInternet],
  "erp-pusher": [toNames, toBroker, toCollector, toInternet],
  audit: [toNames, toBroker, toCollector, toInternet, toDatabase],
};

function policy(name: string, spec: NonNullable<INetworkPolicy["spec"]>): INetworkPolicy {
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: named(name, "flowstate"), spec };
}

export const networkPolicies: readonly INetworkPolicy[] = [
  policy("nothing-else", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
  ...SERVICE_PLANS.map(({ name, port, served }) =>
    policy(name, {
      podSelector: { matchLabels: labelsOf(name) },
      policyTypes: ["Ingress", "Egress"],
      // Probes come from the node, which no policy keeps out.
      ingress: served ? [{ ports: [tcp(port)] }] : [],
      egress: [...EGRESS[name]],
    }),
  ),
  policy("provision", {
    podSelector: { matchLabels: labelsOf("provision") },
    policyTypes: ["Ingress", "Egress"],
    egress: [toNames, toBroker],
  }),
  policy("nats", {
    podSelector: { matchLabels: labelsOf("nats") },
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      { from: [...SERVICE_PLANS.map(({ name }) => pods(name)), pods("provision")], ports: [tcp(CLIENT_PORT)] },
      { from: [pods("nats")], ports: [tcp(CLUSTER_PORT)] },
    ],
    egress: [toNames, { to: [pods("nats")], ports: [tcp(CLUSTER_PORT)] }],
  }),
];
