import { SERVICE_NAMES } from "@flowstate/local/service-environment.ts";
import { provisionConfig } from "../../../libs/messaging/index.ts";
import { forgetConfig } from "../../../services/audit/commands/forget.ts";
import { isMemoryVariable, neededBytes } from "../../doctor/needed-memory.ts";
import { SERVICE_CONFIGS, variablesOf } from "../../generate/environment.ts";
import { bindMounts, type Compose, type ComposeService } from "./compose.ts";

/** What must hold for the compose file. Each rule answers what is wrong, nothing when it holds. */
export type Rule = (compose: Compose) => readonly string[];

const MIB = 1024 * 1024;
/** libs/runtime/service.ts ends a service that takes longer. */
const STOP_LIMIT_S = 25;
const BROKER_NODES = ["nats-1", "nats-2", "nats-3"] as const;
/** Of our image, and ended by themselves: what makes the streams, and what an operator does by hand. */
const ENDING: readonly string[] = ["provision", "operator"];
/** Those end by themselves; the images of the others hold one program, which cannot ask itself. */
const WITHOUT_HEALTHCHECK: readonly string[] = [...ENDING, "collector", "tempo"];
/** An operator's commands on the stream, and the one that needs the record as well: what it is told is told to all of them. */
const OPERATORS_VARIABLES = new Set([...provisionConfig.variables, ...forgetConfig.variables]);
const ADMINISTRATION = "certs/identities/admin";
/** The only networks that lead out of the machine, and who is in them. */
const LEADING_OUT: Readonly<Record<string, readonly string[]>> = {
  edge: ["ingest", "audit", "grafana"],
  egress: ["extractor", "erp-pusher", "audit"],
};
const SECRET_NAME = /(?:PASSWORD|SECRET|TOKEN|_KEY|DATABASE(?:_API)?_URL)(?:S|__FILE|_FILE)?$/;

/** A rule of each service by itself. */
function each(check: (service: ComposeService, name: string, compose: Compose) => readonly string[] | boolean): Rule {
  return (compose) =>
    Object.entries(compose.services).flatMap(([name, service]) => {
      const found = check(service, name, compose);
      if (typeof found === "boolean") return found ? [] : [name];
      return found.map((problem) => `${name}: ${problem}`);
    });
}

export const COMPOSE_RULES = {
  "root file systems are read-only": each(({ read_only: readOnly }) => readOnly),
  "no container has a capability": each(({ cap_drop: dropped }) => dropped.join() === "ALL"),
  "no process gains privileges": each(({ security_opt: options }) => options.join() === "no-new-privileges:true"),
  "no process leaves a core": each(({ ulimits }) => ulimits.core === 0),
  "users are numbers, and none of them root": each(({ user }) => /^[1-9]\d*:[1-9]\d*$/.test(user)),
  "memory is limited, and none of it can be swapped": each(
    ({ mem_limit: memory, memswap_limit: withSwap }) => bytesOf(memory) > 0 && memory === withSwap,
  ),
  "processors and processes are limited": each(({ cpus, pids_limit: pids }) => cpus > 0 && pids > 0),
  "logs are rotated": each(({ logging: { options } }) => "max-size" in options && "max-file" in options),
  "images are of one exact version": each(({ image }) => /^[a-z0-9./-]+:v?\d[a-z0-9.-]*$/.test(image)),
  "of the host only folders of this clone are seen, and none is written": each(({ volumes }, _, { volumes: named }) =>
    volumes.filter((volume) => {
      const [source = "", , mode] = volume.split(":");
      return !(source in named) && !(source.startsWith("./") && !source.includes("..") && mode === "ro");
    }),
  ),
  "a service has no place to write, and what others have in memory is bounded": each(({ tmpfs, volumes }, name) =>
    isService(name) || ENDING.includes(name)
      ? [...tmpfs, ...volumes.filter((volume) => !volume.endsWith(":ro"))]
      : tmpfs.filter((mount) => !/[:,]size=\d+m/.test(mount)),
  ),
  "a service has every variable of its schema, and no other": each(({ environment }, name) => {
    const variables = name === "operator" ? [...OPERATORS_VARIABLES] : SERVICE_CONFIGS[name]?.variables;
    if (variables === undefined) return [];
    const given = Object.keys(environment);
    return [
      ...variables.filter((variable) => !given.includes(variable)),
      ...given.filter((variable) => !variables.includes(variable)),
    ];
  }),
  "secrets are read from files": each(({ environment, secrets }, name) => {
    const config = SERVICE_CONFIGS[name];
    const told = config === undefined ? [] : variablesOf(name, config).filter(({ secret }) => secret);
    const secretNames = new Set(told.map(({ name: variable }) => variable));
    return Object.entries(environment)
      .filter(([variable]) => secretNames.has(variable) || SECRET_NAME.test(variable))
      .filter(([, value]) => value !== "" && !isFileOfSecret(value, secrets))
      .map(([variable]) => variable);
  }),
  "a service sees the secrets that it reads, and no others": each(({ environment, secrets, volumes }, _, compose) => {
    // The script that makes the database's roles reads two more.
    const read = [
      ...Object.values(environment)
        .join("\n")
        .matchAll(/\/run\/secrets\/([a-z_]+)/g),
    ].map(([, it]) => it);
    const needed = volumes.some((volume) => volume.includes("make-roles.sh"))
      ? [...read, "database_url", "database_api_url"]
      : read;
    return [
      ...secrets.filter((secret) => !needed.includes(secret) || !(secret in compose.secrets)),
      ...needed.filter((secret) => secret !== undefined && !secrets.includes(secret)).map(String),
    ];
  }),
  "certificates that are read are mounted": each((service) => {
    const places = [...bindMounts(service).keys()];
    const paths = [...Object.values(service.environment), ...(service.command ?? [])]
      .map((text) => /\/run\/certs\/[a-z./]+$/.exec(text)?.[0])
      .filter((path) => path !== undefined);
    return paths.filter((path) => !places.includes(path.slice(0, path.lastIndexOf("/"))));
  }),
  "every container that stays is asked whether it works": each(
    ({ healthcheck }, name) => (healthcheck === undefined) === WITHOUT_HEALTHCHECK.includes(name),
  ),
  "a service starts when the streams are made, and these when every broker is there": (compose) => {
    const waitsFor = (name: string, on: string, condition: string) =>
      compose.services[name]?.depends_on[on]?.condition === condition ? [] : [`${name} does not wait for ${on}`];
    return [
      ...SERVICE_NAMES.flatMap((name) => waitsFor(name, "provision", "service_completed_successfully")),
      ...BROKER_NODES.flatMap((node) => waitsFor("provision", node, "service_healthy")),
      ...waitsFor("audit", "postgres", "service_healthy"),
    ];
  },
  "only who must be reached, or must reach somebody, is in a network that leads out": (compose) =>
    Object.entries(compose.networks).flatMap(([network, { internal = false }]) => {
      const members = Object.entries(compose.services).filter(([, { networks }]) => networks.includes(network));
      const allowed = LEADING_OUT[network];
      if (allowed === undefined) return internal ? [] : [`${network} leads out`];
      return members.filter(([name]) => !allowed.includes(name)).map(([name]) => `${name} is in ${network}`);
    }),
  "who administers the streams is started to be ended, and has the record only where nothing starts it by itself": (
    compose,
  ) =>
    Object.entries(compose.services)
      .filter(([, service]) => [...bindMounts(service).values()].includes(ADMINISTRATION))
      .filter(([name, { restart, profiles = [], secrets, ports, networks }]) => {
        const hasRecord = secrets.includes("database_url");
        const may = hasRecord ? ["broker", "database"] : ["broker"];
        const isByHand = profiles.join() === "tools" || !hasRecord;
        return !(ENDING.includes(name) && restart === "no" && isByHand && ports.length === 0 && same(networks, may));
      })
      .map(([name]) => name),
  "broker and database are in a network of their own": (compose) =>
    Object.entries({ postgres: "database", ...Object.fromEntries(BROKER_NODES.map((node) => [node, "broker"])) })
      .filter(([name, network]) => compose.services[name]?.networks.join() !== network)
      .map(([name]) => name),
  "each instance has a port of its own, in a range": (compose) =>
    Object.entries(compose.services).flatMap(([name, { ports, deploy }]) => {
      const [, from, to] = /:(\d+)-(\d+):\d+$/.exec(ports[0] ?? "") ?? [];
      const room = Number(to) - Number(from) + 1;
      if (name !== "ingest" && name !== "audit") return deploy !== undefined && ports.length > 0 ? [name] : [];
      return ports.length === 1 && room > (deploy?.replicas ?? 1) ? [] : [name];
    }),
  "every service runs twice, so that one can be replaced": (compose) =>
    SERVICE_NAMES.filter((name) => (compose.services[name]?.deploy?.replicas ?? 1) < 2),
  "a stopping service has the time that it takes": (compose) =>
    SERVICE_NAMES.filter(
      (name) => Number.parseInt(compose.services[name]?.stop_grace_period ?? "0", 10) <= STOP_LIMIT_S,
    ),
  "a service's memory holds what its variables let it hold": (compose) =>
    SERVICE_NAMES.filter((name) => {
      const config = SERVICE_CONFIGS[name];
      const limit = bytesOf(compose.services[name]?.mem_limit ?? "0m");
      return (config === undefined ? [] : variablesOf(name, config)).some(
        ({ name: variable, fallback }) => isMemoryVariable(variable) && neededBytes(variable, Number(fallback)) > limit,
      );
    }),
} as const satisfies Readonly<Record<string, Rule>>;

const same = (some: readonly string[], others: readonly string[]) => some.join() === others.join();

function isService(name: string): boolean {
  return SERVICE_NAMES.some((service) => service === name);
}

/** A key lies beside its certificate, every other secret is one of compose's. */
function isFileOfSecret(value: string, granted: readonly string[]): boolean {
  const [, secret] = /^(?:file:)?\/run\/secrets\/([a-z_]+)$/.exec(value) ?? [];
  if (secret !== undefined) return granted.includes(secret);
  return /^(?:file:)?\/run\/certs\/(?:[a-z]+\/)?tls\.key$/.test(value);
}

/** `512m`, `1g`. */
function bytesOf(limit: string): number {
  const [, digits, unit] = /^(\d+)([mg])$/.exec(limit) ?? [];
  return Number(digits ?? 0) * (unit === "g" ? 1024 : 1) * MIB;
}
