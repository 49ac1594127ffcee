// Real: flowstate.yaml, the schemas of the Kubernetes API as the package kubernetes-models has them. Not real: a cluster.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { IDeployment } from "kubernetes-models/apps/v1";
import { Deployment, StatefulSet } from "kubernetes-models/apps/v1";
import { Job } from "kubernetes-models/batch/v1";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { Namespace, Service } from "kubernetes-models/v1";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { MANIFEST_RULES, manifestsSchema } from "./testing/rules.ts";

const MODELS = { Deployment, StatefulSet, Job, NetworkPolicy, PodDisruptionBudget, Namespace, Service };

const text = readFileSync(join(import.meta.dirname, "flowstate.yaml"), "utf8");
/** A manifest as a mistake is planted into it. */
type Plain = Record<string, unknown>;
const parsed: readonly Plain[] = parseAllDocuments(text).map((document) => Object(document.toJS()));
const documents = (): Plain[] => structuredClone([...parsed]);

function validate(document: Plain): void {
  const model = Object.entries(MODELS).find(([kind]) => kind === document["kind"])?.[1];
  if (model === undefined) throw new Error(`no model for ${String(document["kind"])}`);
  new model(Object(document)).validate();
}

describe("each manifest", () => {
  it.each(
    documents().map((document) => [`${document["kind"]} ${at(document, "metadata")["name"]}`, document] as const),
  )("%s is of the API's schema", (_, document) => {
    expect(() => validate(document)).not.toThrow();
  });

  it("would be refused with a value of another type, or without what is required", () => {
    const deployment = one("Deployment", "ingest", documents());
    at(deployment, "spec")["replicas"] = "two";
    expect(() => validate(deployment)).toThrow(/replicas must be integer/);
    const job = one("Job", "provision", documents());
    Reflect.deleteProperty(at(job, "spec"), "template");
    expect(() => validate(job)).toThrow(/required property template/);
  });

  it("cannot be written with a field that the API does not have", () => {
    const deployment: IDeployment = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      // @ts-expect-error: the manifests are typed, so the type checker refuses this
      spec: { selector: {}, template: {}, replica: 2 },
    };
    expect(deployment.kind).toBe("Deployment");
  });
});

const RULES = Object.entries(MANIFEST_RULES);
type RuleName = keyof typeof MANIFEST_RULES;

describe("in the manifests", () => {
  it("everything in the namespace is labelled with the part by which an upgrade brings it out", () => {
    const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
    const [, services = ""] = /for part in (.+); do\n {2}bring_out/.exec(readme) ?? [];
    const parts = [...readme.matchAll(/bring_out ([a-z]+)/g)].map(([, part = ""]) => part).concat(services.split(" "));
    const labelled = documents()
      .filter((it) => it["kind"] !== "Namespace")
      .map((it) => at(at(it, "metadata"), "labels")["app.kubernetes.io/name"]);
    expect(new Set(labelled)).toEqual(new Set(parts));
  });

  const manifests = manifestsSchema.parse(documents());

  it.each(RULES)("%s", (_, rule) => {
    expect(rule(manifests)).toEqual([]);
  });
});

interface Mistake {
  readonly kind: string;
  readonly name: string;
  plant(manifest: Plain): void;
}
/** For each rule a mistake that it must find. */
const MISTAKES: Readonly<Record<RuleName, Mistake>> = {
  "pods run as a user by number, under the default filter of system calls": ofPod("audit", (pod) => {
    at(pod, "securityContext")["runAsUser"] = 0;
  }),
  "containers have no capability, gain none, and cannot write to their image": ofContainer("extractor", (container) => {
    at(container, "securityContext")["readOnlyRootFilesystem"] = false;
  }),
  "pods share nothing with their host, and cannot speak to the cluster": ofPod("ingest", (pod) => {
    pod["hostNetwork"] = true;
  }),
  "services' addresses are not put into the environment, where our variables have these names": ofPod(
    "audit",
    (pod) => {
      Reflect.deleteProperty(pod, "enableServiceLinks");
    },
  ),
  "images are of one exact version": ofContainer("ingest", (container) => {
    container["image"] = "flowstate:latest";
  }),
  "memory and processors are limited, and all the memory is promised": ofContainer("erp-pusher", (container) => {
    at(at(container, "resources"), "requests")["memory"] = "64Mi";
  }),
  "memory is what compose gives": ofContainer("extractor", (container) => {
    at(at(container, "resources"), "limits")["memory"] = "512Mi";
  }),
  "what stays is asked whether it lives and whether it is ready": ofContainer("erp-pusher", (container) => {
    Reflect.deleteProperty(container, "readinessProbe");
  }),
  "a stopping pod has the time that it takes": ofPod("ingest", (pod) => {
    pod["terminationGracePeriodSeconds"] = 30;
  }),
  "secrets are read from files that are mounted, and those only read": ofContainer("audit", (container) => {
    container["volumeMounts"] = [];
  }),
  "no secret stands in the environment": ofVariable("ingest", "API_SECRET", { value: "0123456789abcdef" }),
  "a service has every variable of its schema that is of use there, and no other": ofVariable(
    "extractor",
    "GEMINI_MODEL",
    { name: "GEMINI_MODELL" },
  ),
  "of what runs more than once, one may be taken away at a time": {
    kind: "PodDisruptionBudget",
    name: "nats",
    plant: (manifest) => {
      at(manifest, "spec")["minAvailable"] = 1;
    },
  },
  "every service runs twice, the broker three times": {
    kind: "StatefulSet",
    name: "nats",
    plant: (manifest) => {
      at(manifest, "spec")["replicas"] = 1;
    },
  },
  "nothing may be reached or may reach out but what has a policy of its own": {
    kind: "NetworkPolicy",
    name: "extractor",
    plant: (manifest) => {
      at(manifest, "spec")["policyTypes"] = ["Ingress"];
    },
  },
  "everything is in one namespace": {
    kind: "Service",
    name: "audit",
    plant: (manifest) => {
      Reflect.deleteProperty(at(manifest, "metadata"), "namespace");
    },
  },
};

describe("a mistake is found", () => {
  it.each(Object.entries(MISTAKES))("when it is not so that %s", (ruleName, { kind, name, plant }) => {
    const planted = documents();
    plant(one(kind, name, planted));
    const [, rule] = RULES.find(([it]) => it === ruleName) ?? [];
    expect(rule?.(manifestsSchema.parse(planted)).join()).toContain(name);
  });
});

function one(kind: string, name: string, among: readonly Plain[]): Plain {
  const found = among.find((document) => document["kind"] === kind && at(document, "metadata")["name"] === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

function at(node: Plain, key: string): Plain {
  return Object(node[key]);
}

function ofPod(name: string, change: (pod: Plain) => void): Mistake {
  return { kind: "Deployment", name, plant: (it) => change(at(at(at(it, "spec"), "template"), "spec")) };
}

function ofContainer(name: string, change: (container: Plain) => void): Mistake {
  return ofPod(name, (pod) => change(Object(Object(pod["containers"])[0])));
}

function ofVariable(name: string, variable: string, change: Plain): Mistake {
  return ofContainer(name, (container) => {
    const variables: Plain[] = Object(container["env"]);
    Object.assign(variables.find((it) => it["name"] === variable) ?? {}, { valueFrom: undefined, ...change });
  });
}
