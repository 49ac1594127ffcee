import type { IContainer, IPodSpec, IVolume } from "kubernetes-models/v1";

/** What every pod of ours has in common: everything that a pod can give up. */

export const NAMESPACE = "flowstate";
/** The one image of the four services. */
export const SERVICES_IMAGE = "flowstate:1";
/** The images' own user, by number, so that the kubelet can see that it is not root. */
const USER = 65_532;
/** Readable by the pod's group only. */
const SECRET_MODE = 0o440;

/** Labels that select the pods of one part. */
export function labelsOf(part: string): { readonly "app.kubernetes.io/name": string } {
  return { "app.kubernetes.io/name": part };
}

/** The metadata of an object of this name. */
export function named(name: string, part = name) {
  return { name, namespace: NAMESPACE, labels: { ...labelsOf(part), "app.kubernetes.io/part-of": "flowstate" } };
}

export interface Pod {
  readonly part: string;
  readonly container: IContainer;
  readonly volumes: readonly IVolume[];
  readonly stopSeconds: number;
}

export function hardenedPod({ part, container, volumes, stopSeconds }: Pod): IPodSpec {
  return {
    automountServiceAccountToken: false,
    // Kubernetes would otherwise set AUDIT_PORT, INGEST_PORT and more to URLs of its services, which are our variables.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: stopSeconds,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    // Two instances on one node would be lost together.
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: labelsOf(part) },
      },
    ],
    containers: [
      {
        ...container,
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      },
    ],
    volumes: [...volumes],
  };
}

/** Memory and processors; of memory no less is promised than may be used, so that no pod is ended for another's need. */
export function resources({ memory, cpu }: { readonly memory: string; readonly cpu: string }) {
  return { requests: { memory, cpu: "100m" }, limits: { memory, cpu } };
}

/** A secret as a folder: the files of one holder of `npm run certs`, or some of `npm run secrets`. */
export function secretFolder(name: string, secretName: string, keys?: readonly string[]): IVolume {
  const items = keys?.map((key) => ({ key, path: key }));
  return { name, secret: { secretName, defaultMode: SECRET_MODE, ...(items !== undefined && { items }) } };
}
