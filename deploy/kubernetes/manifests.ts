import type { INamespace } from "kubernetes-models/v1";
import { stringify } from "yaml";
import { nodes, nodesBudget, nodesService, provision } from "./broker-workloads.ts";
import { networkPolicies } from "./network-policies.ts";
import { NAMESPACE } from "./pods.ts";
import { budgetOf, deploymentOf, SERVICE_PLANS, serviceOf } from "./service-workloads.ts";

/** The cluster itself refuses here what is not hardened (Pod Security Standards). */
const namespace: INamespace = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
};

const HEAD = `# Generated from deploy/kubernetes by npm run generate. Its README says what must be there first, and in which order this is
# applied; change it with kustomize.
`;

/** `deploy/kubernetes/flowstate.yaml`. */
export function manifests(): string {
  const objects = [
    namespace,
    ...networkPolicies,
    nodesService,
    nodes,
    nodesBudget,
    provision,
    ...SERVICE_PLANS.map(deploymentOf),
    ...SERVICE_PLANS.filter(({ served }) => served).map(serviceOf),
    ...SERVICE_PLANS.map(budgetOf),
  ];
  return HEAD + objects.map((object) => `---\n${stringify(object, { aliasDuplicateObjects: false })}`).join("");
}
