import type { IStatefulSet } from "kubernetes-models/apps/v1";
import type { IJob } from "kubernetes-models/batch/v1";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1";
import type { IService } from "kubernetes-models/v1";
import { hardenedPod, labelsOf, named, resources, SERVICES_IMAGE, secretFolder } from "./pods.ts";

/** The three nodes of the broker, and the job that makes its streams. */

const REPLICAS = 3;
const STOP_S = 60;
export const CLIENT_PORT = 4222;
export const CLUSTER_PORT = 6222;
const IMAGE = "flowstate-nats:2.12.15";
const STORE_SIZE = "20Gi";

const NODES = Array.from({ length: REPLICAS }, (_, index) => `nats-${index}.nats`);
/** Each node by its own name: clients hold certificates against it. */
export const NATS_URL = NODES.map((node) => `tls://${node}:${CLIENT_PORT}`).join(",");

/** Plain http to the node's own loopback address, which the kubelet cannot reach: the node asks itself. */
const healthy = (query: string) => ({
  exec: { command: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:8222/healthz${query}`] },
  periodSeconds: 10,
  timeoutSeconds: 5,
});

export const nodes: IStatefulSet = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: named("nats"),
  spec: {
    serviceName: "nats",
    replicas: REPLICAS,
    // None is ready before another is there.
    podManagementPolicy: "Parallel",
    selector: { matchLabels: labelsOf("nats") },
    template: {
      metadata: { labels: labelsOf("nats") },
      spec: hardenedPod({
        part: "nats",
        stopSeconds: STOP_S,
        volumes: [secretFolder("certs", "broker")],
        container: {
          name: "nats",
          image: IMAGE,
          env: [
            { name: "NATS_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
            { name: "NATS_LISTEN", value: `0.0.0.0:${CLIENT_PORT}` },
            { name: "NATS_CLUSTER_LISTEN", value: `0.0.0.0:${CLUSTER_PORT}` },
            { name: "NATS_MONITOR", value: "127.0.0.1:8222" },
            { name: "NATS_ROUTES", value: `[${NODES.map((node) => `tls://${node}:${CLUSTER_PORT}`).join(", ")}]` },
            { name: "NATS_STORE", value: "/data" },
            { name: "NATS_TRUSTED", value: "/run/certs/ca.crt" },
            { name: "NATS_CERTIFICATE", value: "/run/certs/tls.crt" },
            { name: "NATS_KEY", value: "/run/certs/tls.key" },
          ],
          ports: [
            { name: "clients", containerPort: CLIENT_PORT },
            { name: "cluster", containerPort: CLUSTER_PORT },
          ],
          volumeMounts: [
            { name: "certs", mountPath: "/run/certs", readOnly: true },
            { name: "store", mountPath: "/data" },
          ],
          resources: resources({ memory: "512Mi", cpu: "2" }),
          startupProbe: { ...healthy("?js-server-only=true"), failureThreshold: 30 },
          livenessProbe: { ...healthy("?js-server-only=true"), failureThreshold: 6 },
          readinessProbe: healthy(""),
        },
      }),
    },
    volumeClaimTemplates: [
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "store" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: STORE_SIZE } } },
      },
    ],
  },
};

export const nodesService: IService = {
  apiVersion: "v1",
  kind: "Service",
  metadata: named("nats"),
  spec: {
    clusterIP: "None",
    // Nodes must find each other before any of them is ready.
    publishNotReadyAddresses: true,
    selector: labelsOf("nats"),
    ports: [
      { name: "clients", port: CLIENT_PORT },
      { name: "cluster", port: CLUSTER_PORT },
    ],
  },
};

export const nodesBudget: IPodDisruptionBudget = {
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: named("nats"),
  // Two of three go on; one of three does not.
  spec: { minAvailable: REPLICAS - 1, selector: { matchLabels: labelsOf("nats") } },
};

/** A job cannot be changed: it is deleted before an upgrade applies it again. */
export const provision: IJob = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: named("provision"),
  spec: {
    backoffLimit: 20,
    template: {
      metadata: { labels: labelsOf("provision") },
      spec: {
        ...hardenedPod({
          part: "provision",
          stopSeconds: 30,
          volumes: [secretFolder("admin", "identity-admin")],
          container: {
            name: "provision",
            image: SERVICES_IMAGE,
            args: ["libs/messaging/commands/broker.ts", "provision"],
            envFrom: [{ configMapRef: { name: "flowstate", optional: true } }],
            env: [
              { name: "FLOWSTATE_LOCAL", value: "false" },
              { name: "NATS_URL", value: NATS_URL },
              { name: "NATS_CA_CERTIFICATE", value: "file:/run/certs/admin/ca.crt" },
              { name: "NATS_ADMIN_CERTIFICATE", value: "file:/run/certs/admin/tls.crt" },
              { name: "NATS_ADMIN_KEY", value: "file:/run/certs/admin/tls.key" },
              { name: "NATS_REPLICAS", value: String(REPLICAS) },
            ],
            volumeMounts: [{ name: "admin", mountPath: "/run/certs/admin", readOnly: true }],
            resources: resources({ memory: "256Mi", cpu: "1" }),
          },
        }),
        restartPolicy: "OnFailure",
      },
    },
  },
};
