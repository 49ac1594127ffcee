import type { IDeployment } from "kubernetes-models/apps/v1";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1";
import type { IProbe, IService, IVolume } from "kubernetes-models/v1";
import { hardenedPod, labelsOf, named, resources, SERVICES_IMAGE, secretFolder } from "./pods.ts";
import { environmentOf } from "./service-environment.ts";

/** The four services. */

const REPLICAS = 2;
/** Before a service is told to stop, and still takes what comes, nothing new should be sent to it. */
const LEAVE_S = 5;
/** A stopping service has 25 seconds for its drain and to finish what it holds. */
const STOP_S = LEAVE_S + 35;

interface ServicePlan {
  readonly name: string;
  readonly port: number;
  /** Whether it is reached from outside, over TLS of its own; else its port is for probes only. */
  readonly served: boolean;
  readonly account: "documents" | "events";
  /** Identities of the broker, by the folder that their certificates are in. */
  readonly identities: Readonly<Record<string, string>>;
  readonly memory: string;
  readonly cpu: string;
}

export const SERVICE_PLANS = [
  {
    name: "ingest",
    port: 8080,
    served: true,
    account: "documents",
    identities: { documents: "ingest-documents", events: "ingest-events" },
    memory: "1Gi",
    cpu: "2",
  },
  {
    name: "extractor",
    port: 8082,
    served: false,
    account: "documents",
    identities: { documents: "extractor" },
    memory: "1536Mi",
    cpu: "2",
  },
  {
    name: "erp-pusher",
    port: 8083,
    served: false,
    account: "documents",
    identities: { documents: "erp-pusher" },
    memory: "512Mi",
    cpu: "1",
  },
  {
    name: "audit",
    port: 8081,
    served: true,
    account: "events",
    identities: { events: "audit" },
    memory: "512Mi",
    cpu: "1",
  },
] as const satisfies readonly ServicePlan[];

export function deploymentOf(plan: ServicePlan): IDeployment {
  const { name, port, served, account, memory, cpu } = plan;
  const { variables, secrets } = environmentOf(name, account);
  const certificates = certificateFolders(plan);
  const asks = (path: string): IProbe => ({
    httpGet: { path, port, scheme: served ? "HTTPS" : "HTTP" },
    periodSeconds: 10,
    timeoutSeconds: 5,
  });
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: named(name),
    spec: {
      replicas: REPLICAS,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: labelsOf(name) },
      template: {
        metadata: { labels: labelsOf(name) },
        spec: hardenedPod({
          part: name,
          stopSeconds: STOP_S,
          volumes: [...certificates, secretFolder("secrets", "flowstate-secrets", secrets)],
          container: {
            name,
            image: SERVICES_IMAGE,
            args: [`services/${name}/main.ts`],
            env: variables,
            ports: [{ name: served ? "https" : "probes", containerPort: port }],
            volumeMounts: [
              ...certificates.map((volume) => ({
                name: volume.name,
                mountPath: `/run/certs/${volume.name}`,
                readOnly: true,
              })),
              { name: "secrets", mountPath: "/run/secrets", readOnly: true },
            ],
            resources: resources({ memory, cpu }),
            // It waits for its broker as long as it takes: alive, and not ready.
            startupProbe: { ...asks("/livez"), failureThreshold: 12 },
            livenessProbe: { ...asks("/livez"), failureThreshold: 6 },
            readinessProbe: { ...asks("/readyz"), failureThreshold: 2 },
            // Requests go on coming until every proxy has heard that this pod is leaving. Most have by then, so that few are
            // answered 503 while it drains.
            ...(served && { lifecycle: { preStop: { sleep: { seconds: LEAVE_S } } } }),
          },
        }),
      },
    },
  };
}

function certificateFolders({ name, served, identities }: ServicePlan): readonly IVolume[] {
  const folders = Object.entries(identities).map(([folder, identity]) => secretFolder(folder, `identity-${identity}`));
  return served ? [...folders, secretFolder("http", `server-${name}`)] : folders;
}

/** How one of them is reached: what stands in front must speak TLS to it. */
export function serviceOf({ name, port }: ServicePlan): IService {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: named(name),
    spec: { selector: labelsOf(name), ports: [{ name: "https", port: 443, targetPort: port, appProtocol: "https" }] },
  };
}

export function budgetOf({ name }: ServicePlan): IPodDisruptionBudget {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: named(name),
    spec: { minAvailable: REPLICAS - 1, selector: { matchLabels: labelsOf(name) } },
  };
}
