// Real: docker-compose.yml, the configuration schemas of the services, the pages. Not real: the engine that would run it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "@flowstate/local/local-file.ts";
import { describe, expect, it } from "vitest";
import { allVariables } from "../generate/environment.ts";
import { bindMounts, COMPOSE_TEXT, composeSchema, plainCompose, readCompose, serviceOf } from "./testing/compose.ts";
import { COMPOSE_RULES } from "./testing/compose-rules.ts";
import { readDockerfile } from "./testing/dockerfile.ts";

type RuleName = keyof typeof COMPOSE_RULES;
const RULES = Object.entries(COMPOSE_RULES);
const compose = readCompose();

describe("in docker-compose.yml", () => {
  it.each(RULES)("%s", (_, rule) => {
    expect(rule(compose)).toEqual([]);
  });

  it("nothing that stands in .env is a secret", () => {
    const secrets = allVariables().filter(({ secret }) => secret);
    const filledIn = [...COMPOSE_TEXT.matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name]) => name);
    expect(filledIn.length).toBeGreaterThan(20);
    expect(secrets.filter(({ name }) => filledIn.includes(name))).toEqual([]);
  });

  it("every secret and every volume is somebody's", () => {
    const { services, secrets, volumes } = compose;
    const used = Object.values(services).flatMap((service) => [
      ...service.secrets,
      ...service.volumes.map((volume) => volume.split(":")[0]),
    ]);
    expect([...Object.keys(secrets), ...Object.keys(volumes)].filter((name) => !used.includes(name))).toEqual([]);
  });

  it("the broker is of 2.12 or newer, and is the image that its Dockerfile makes", () => {
    const [image] = readDockerfile("deploy/nats/Dockerfile");
    const [, version = "", minor] = /^nats:(2\.(\d+)\.\d+)-alpine3\.\d+$/.exec(image?.image ?? "") ?? [];
    expect(Number(minor)).toBeGreaterThanOrEqual(12);
    for (const node of ["nats-1", "nats-2", "nats-3"]) {
      expect(serviceOf(compose, node).image).toBe(`flowstate-nats:${version}`);
    }
  });
});

describe("what the pages say to type", () => {
  const PAGES = ["docs/operations/compose.md", "docs/operations/install.md", "deploy/docker/README.md"];
  const RUN = /docker compose run --rm (--no-deps )?(?:--volume \S+ )?([a-z][a-z-]*)(?: ([\w/-]+\.ts))?/g;
  const text = PAGES.map((page) => readFileSync(join(ROOT, page), "utf8")).join("\n");

  it("runs programs that are there, in containers that are", () => {
    const runs = [...text.matchAll(RUN)];
    expect(runs.length).toBeGreaterThan(8);
    const wrong = runs.filter(
      ([, , name = "", program]) =>
        !(name in compose.services) || (program !== undefined && !existsSync(join(ROOT, program))),
    );
    expect(wrong.map(([command]) => command)).toEqual([]);
  });

  it("waits for nobody when it should say what is wrong: with a broker away compose would run nothing", () => {
    const waiting = [...text.matchAll(RUN)].filter(
      ([, alone, name = ""]) => alone === undefined && Object.keys(serviceOf(compose, name).depends_on).length > 0,
    );
    expect(waiting.map(([command]) => command)).toEqual([]);
  });

  it("stops, starts, asks and scales containers that are there", () => {
    const NAMED =
      /docker compose (?:exec(?: -T)?|ps --quiet|rm --stop --force|stop|start) ([a-z0-9-]+)|--scale ([a-z-]+)=/g;
    const named = [...text.matchAll(NAMED)].map(([, one, scaled]) => one ?? scaled ?? "");
    expect(named).toEqual(expect.arrayContaining(["audit", "postgres", "extractor"]));
    expect(named.filter((name) => !(name in compose.services))).toEqual([]);
  });

  it("has everything that stays take its certificates, by no signal of docker's own: that would end its restarts", () => {
    const [, told = ""] = /for part in (.+); do\n.*kill -HUP 1/.exec(text) ?? [];
    // Those of the profile look at their certificates by themselves.
    const holders = Object.entries(compose.services).filter(
      ([, service]) =>
        service.profiles === undefined &&
        service.restart !== "no" &&
        [...bindMounts(service).values()].some((source) => source.startsWith("certs/")),
    );
    expect(told.split(" ").sort()).toEqual(holders.map(([name]) => name).sort());
    expect(text).not.toMatch(/docker (?:compose )?kill/);
  });

  it("changes each secret", () => {
    const rotate = readFileSync(join(ROOT, "docs/operations/rotate.md"), "utf8");
    const secrets = Object.keys(compose.secrets);
    expect(secrets.length).toBeGreaterThan(10);
    const missing = secrets.filter((name) => !rotate.includes(name) && !rotate.includes(name.toUpperCase()));
    expect(missing).toEqual([]);
  });
});

/** A compose service as a mistake is planted into it. */
type Plain = Record<string, unknown>;

/** For each rule a mistake that it must find, and who makes it. */
const MISTAKES: Readonly<Record<RuleName, { readonly service: string; mistake(service: Plain): void }>> = {
  "root file systems are read-only": { service: "grafana", mistake: (it) => set(it, "read_only", false) },
  "no container has a capability": { service: "postgres", mistake: (it) => set(it, "cap_drop", ["NET_RAW"]) },
  "no process gains privileges": { service: "nats-2", mistake: (it) => set(it, "security_opt", []) },
  "no process leaves a core": { service: "ingest", mistake: (it) => set(it, "ulimits", { core: -1 }) },
  "users are numbers, and none of them root": { service: "tempo", mistake: (it) => set(it, "user", "0:0") },
  "memory is limited, and none of it can be swapped": {
    service: "extractor",
    mistake: (it) => set(it, "memswap_limit", "2g"),
  },
  "processors and processes are limited": { service: "audit", mistake: (it) => set(it, "pids_limit", 0) },
  "logs are rotated": { service: "audit", mistake: (it) => set(it, "logging", { driver: "local", options: {} }) },
  "images are of one exact version": {
    service: "prometheus",
    mistake: (it) => set(it, "image", "prom/prometheus:latest"),
  },
  "of the host only folders of this clone are seen, and none is written": {
    service: "collector",
    mistake: (it) => add(it, "volumes", "/var/run/docker.sock:/var/run/docker.sock:ro"),
  },
  "a service has no place to write, and what others have in memory is bounded": {
    service: "extractor",
    mistake: (it) => add(it, "tmpfs", "/tmp:size=16m"),
  },
  "a service has every variable of its schema, and no other": {
    service: "erp-pusher",
    mistake: (it) => remove(environmentOf(it), "ERP_TIMEOUT_MS"),
  },
  "secrets are read from files": {
    service: "ingest",
    mistake: (it) => set(environmentOf(it), "API_SECRET", "0123456789abcdef"),
  },
  "a service sees the secrets that it reads, and no others": {
    service: "extractor",
    mistake: (it) => add(it, "secrets", "audit_signing_key"),
  },
  "certificates that are read are mounted": { service: "erp-pusher", mistake: (it) => set(it, "volumes", []) },
  "every container that stays is asked whether it works": {
    service: "extractor",
    mistake: (it) => remove(it, "healthcheck"),
  },
  "a service starts when the streams are made, and these when every broker is there": {
    service: "audit",
    mistake: (it) => set(it, "depends_on", { provision: { condition: "service_started" } }),
  },
  "only who must be reached, or must reach somebody, is in a network that leads out": {
    service: "postgres",
    mistake: (it) => add(it, "networks", "edge"),
  },
  "who administers the streams is started to be ended, and has the record only where nothing starts it by itself": {
    service: "operator",
    mistake: (it) => set(it, "profiles", []),
  },
  "broker and database are in a network of their own": {
    service: "nats-1",
    mistake: (it) => add(it, "networks", "database"),
  },
  "each instance has a port of its own, in a range": {
    service: "ingest",
    mistake: (it) => set(it, "ports", ["0.0.0.0:8443:8080"]),
  },
  "every service runs twice, so that one can be replaced": {
    service: "erp-pusher",
    mistake: (it) => set(it, "deploy", { replicas: 1 }),
  },
  "a stopping service has the time that it takes": {
    service: "ingest",
    mistake: (it) => set(it, "stop_grace_period", "10s"),
  },
  "a service's memory holds what its variables let it hold": {
    service: "extractor",
    mistake: (it) => set(it, "mem_limit", "768m"),
  },
};

describe("a mistake is found", () => {
  it.each(Object.entries(MISTAKES))("when it is not so that %s", (name, { service, mistake }) => {
    const planted: Plain = Object(plainCompose());
    mistake(Object(Object(planted["services"])[service]));
    const [, rule] = RULES.find(([ruleName]) => ruleName === name) ?? [];
    expect(rule?.(composeSchema.parse(planted)).join()).toContain(service);
  });

  it.each(["privileged", "cap_add", "network_mode", "devices", "container_name", "memlimit"])(
    "when a service has %s",
    (key) => {
      const planted: Plain = Object(plainCompose());
      set(Object(Object(planted["services"])["ingest"]), key, true);
      expect(composeSchema.safeParse(planted).success).toBe(false);
    },
  );
});

function set(node: Plain, key: string, value: unknown): void {
  node[key] = value;
}

function add(node: Plain, key: string, value: unknown): void {
  const before = node[key];
  node[key] = [...(Array.isArray(before) ? before : []), value];
}

function remove(node: Plain, key: string): void {
  Reflect.deleteProperty(node, key);
}

function environmentOf(service: Plain): Plain {
  return Object(service["environment"]);
}
