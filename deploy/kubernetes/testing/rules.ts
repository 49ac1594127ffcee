import { SERVICE_NAMES } from "@flowstate/local/service-environment.ts";
import { z } from "zod";
import { readCompose, serviceOf } from "../../docker/testing/compose.ts";
import { SERVICE_CONFIGS, variablesOf } from "../../generate/environment.ts";

/** What must hold for the manifests beyond their schemas. Each rule answers what is wrong, nothing when it holds. */

const variableSchema = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.unknown().optional(),
});
const podSchema = z.object({
  automountServiceAccountToken: z.boolean().optional(),
  enableServiceLinks: z.boolean().optional(),
  hostNetwork: z.boolean().optional(),
  hostPID: z.boolean().optional(),
  terminationGracePeriodSeconds: z.int().optional(),
  securityContext: z.record(z.string(), z.unknown()).default({}),
  containers: z.array(
    z.object({
      image: z.string(),
      env: z.array(variableSchema).default([]),
      resources: z.object({
        requests: z.record(z.string(), z.string()).default({}),
        limits: z.record(z.string(), z.string()).default({}),
      }),
      securityContext: z.record(z.string(), z.unknown()).default({}),
      volumeMounts: z
        .array(z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().default(false) }))
        .default([]),
      livenessProbe: z.unknown().optional(),
      readinessProbe: z.unknown().optional(),
      startupProbe: z.unknown().optional(),
      lifecycle: z
        .object({ preStop: z.object({ sleep: z.object({ seconds: z.int() }).optional() }).optional() })
        .optional(),
    }),
  ),
  volumes: z.array(z.looseObject({ name: z.string() })).default([]),
});
const selectorSchema = z.object({ matchLabels: z.record(z.string(), z.string()).optional() });
const manifestSchema = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
  spec: z
    .object({
      replicas: z.int().optional(),
      minAvailable: z.int().optional(),
      selector: z.unknown().optional(),
      podSelector: selectorSchema.optional(),
      policyTypes: z.array(z.string()).optional(),
      ingress: z.array(z.unknown()).optional(),
      egress: z.array(z.unknown()).optional(),
      template: z
        .object({ metadata: z.object({ labels: z.record(z.string(), z.string()) }), spec: podSchema })
        .optional(),
    })
    .optional(),
});

export const manifestsSchema = z.array(manifestSchema);
export type Manifests = z.output<typeof manifestsSchema>;
type Pod = z.output<typeof podSchema>;
type Rule = (manifests: Manifests) => readonly string[];

const PART = "app.kubernetes.io/name";
/** libs/runtime/service.ts ends a service that takes longer. */
const STOP_LIMIT_S = 25;
/** Of a broker on one's own machine, and of a proxy in place of the service's own TLS. */
const WITHOUT_USE = ["NATS_DOCUMENTS_PASSWORD", "NATS_EVENTS_PASSWORD", "TRUSTED_PROXIES"];

/** A rule of each pod, and of its only container. */
function each(check: (pod: Pod, container: Pod["containers"][number], name: string, kind: string) => boolean): Rule {
  return (manifests) =>
    manifests.flatMap(({ kind, metadata: { name }, spec }) => {
      const pod = spec?.template?.spec;
      if (pod === undefined) return [];
      const [container, ...others] = pod.containers;
      return container !== undefined && others.length === 0 && check(pod, container, name, kind) ? [] : [name];
    });
}

const hasAll = (given: Readonly<Record<string, unknown>>, wanted: Readonly<Record<string, unknown>>) =>
  Object.entries(wanted).every(([key, value]) => JSON.stringify(given[key]) === JSON.stringify(value));

export const MANIFEST_RULES = {
  "pods run as a user by number, under the default filter of system calls": each((pod) =>
    hasAll(pod.securityContext, {
      runAsNonRoot: true,
      runAsUser: 65_532,
      fsGroup: 65_532,
      seccompProfile: { type: "RuntimeDefault" },
    }),
  ),
  "containers have no capability, gain none, and cannot write to their image": each((_, container) =>
    hasAll(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    }),
  ),
  "pods share nothing with their host, and cannot speak to the cluster": each(
    (pod) => pod.automountServiceAccountToken === false && pod.hostNetwork !== true && pod.hostPID !== true,
  ),
  "services' addresses are not put into the environment, where our variables have these names": each(
    (pod) => pod.enableServiceLinks === false,
  ),
  "images are of one exact version": each((_, { image }) => /^[a-z0-9./-]+:\d[a-z0-9.-]*$/.test(image)),
  "memory and processors are limited, and all the memory is promised": each(
    (_, { resources: { limits, requests } }) =>
      limits["memory"] !== undefined && limits["cpu"] !== undefined && requests["memory"] === limits["memory"],
  ),
  "memory is what compose gives": each((_, { resources: { limits } }, name) => {
    const other = name === "nats" ? "nats-1" : name;
    return limits["memory"] === serviceOf(readCompose(), other).mem_limit.replace("m", "Mi").replace("g", "Gi");
  }),
  "what stays is asked whether it lives and whether it is ready": each(
    (_, { livenessProbe, readinessProbe, startupProbe }, __, kind) =>
      kind === "Job" || [livenessProbe, readinessProbe, startupProbe].every((probe) => probe !== undefined),
  ),
  "a stopping pod has the time that it takes": each(
    // The time before the signal counts as well.
    ({ terminationGracePeriodSeconds: seconds = 0 }, { lifecycle }) =>
      seconds > STOP_LIMIT_S + (lifecycle?.preStop?.sleep?.seconds ?? 0),
  ),
  "secrets are read from files that are mounted, and those only read": each((pod, { env, volumeMounts }) => {
    const places = volumeMounts.filter(({ readOnly }) => readOnly).map(({ mountPath }) => mountPath);
    const files = env.flatMap(({ value }) => /\/run\/(?:certs|secrets)\/\S+$/.exec(value ?? "")?.[0] ?? []);
    const known = new Set(pod.volumes.map(({ name }) => name).concat("store"));
    return (
      env.every(({ valueFrom }) => !JSON.stringify(valueFrom ?? {}).includes("secretKeyRef")) &&
      files.every((file) => places.includes(file.slice(0, file.lastIndexOf("/")))) &&
      volumeMounts.every(({ name }) => known.has(name))
    );
  }),
  "no secret stands in the environment": (manifests) =>
    SERVICE_NAMES.flatMap((service) => {
      const config = SERVICE_CONFIGS[service];
      const secrets = config === undefined ? [] : variablesOf(service, config).filter(({ secret }) => secret);
      return environmentIn(manifests, service)
        .filter(({ name }) => secrets.some((secret) => secret.name === name))
        .filter(({ value = "" }) => !/^file:\/run\/(?:secrets\/[a-z_]+|certs\/[a-z]+\/tls\.key)$/.test(value))
        .map(({ name }) => `${service}: ${name}`);
    }),
  "a service has every variable of its schema that is of use there, and no other": (manifests) =>
    SERVICE_NAMES.flatMap((service) => {
      const given = environmentIn(manifests, service).map(({ name }) => name);
      const wanted = (SERVICE_CONFIGS[service]?.variables ?? []).filter((name) => !WITHOUT_USE.includes(name));
      const wrong = [...wanted.filter((it) => !given.includes(it)), ...given.filter((it) => !wanted.includes(it))];
      return wrong.map((name) => `${service}: ${name}`);
    }),
  "of what runs more than once, one may be taken away at a time": (manifests) =>
    replicated(manifests).filter((name) => {
      const replicas = manifests.find(({ metadata, spec }) => metadata.name === name && spec?.template !== undefined);
      const budget = manifests.find(({ kind, metadata }) => kind === "PodDisruptionBudget" && metadata.name === name);
      return budget?.spec?.minAvailable !== (replicas?.spec?.replicas ?? 0) - 1;
    }),
  "every service runs twice, the broker three times": (manifests) =>
    [...SERVICE_NAMES, "nats"].filter((name) => {
      const workload = manifests.find(({ metadata, spec }) => metadata.name === name && spec?.template !== undefined);
      return (workload?.spec?.replicas ?? 0) < (name === "nats" ? 3 : 2);
    }),
  "nothing may be reached or may reach out but what has a policy of its own": (manifests) => {
    const policies = manifests.filter(({ kind }) => kind === "NetworkPolicy");
    const covers = (name: string | undefined) =>
      policies.some(
        ({ spec }) => spec?.podSelector?.matchLabels?.[PART] === name && spec?.policyTypes?.join() === "Ingress,Egress",
      );
    const all = manifests.flatMap(({ spec }) => spec?.template?.metadata.labels[PART] ?? []);
    return [...all.filter((name) => !covers(name)), ...(covers(undefined) ? [] : ["whatever else there is"])];
  },
  "everything is in one namespace": (manifests) =>
    manifests
      .filter(({ kind, metadata }) => kind !== "Namespace" && metadata.namespace !== "flowstate")
      .map(({ metadata }) => metadata.name),
} as const satisfies Readonly<Record<string, Rule>>;

function environmentIn(manifests: Manifests, service: string): readonly z.output<typeof variableSchema>[] {
  const workload = manifests.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === service);
  return workload?.spec?.template?.spec.containers[0]?.env ?? [];
}

function replicated(manifests: Manifests): readonly string[] {
  return manifests.filter(({ spec }) => (spec?.replicas ?? 0) > 1).map(({ metadata }) => metadata.name);
}
