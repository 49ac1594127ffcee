import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "@flowstate/local/local-file.ts";
import { bindMounts, type Compose, serviceOf } from "./compose.ts";

/** Where on this machine the parts of a compose deployment are. */
export interface Places {
  /** In the place of `./certs`. */
  readonly certificates: string;
  /** In the place of `./secrets`. */
  readonly secrets: string;
  /** Addresses: `nats-1:4222` is `localhost:40123` here. */
  readonly hosts?: ReadonlyMap<string, string>;
  /** Folders of named volumes, by their place in the container. */
  readonly volumes?: ReadonlyMap<string, string>;
}

/**
 * The environment that compose gives to a service, every variable of it, with hosts, ports and paths of this machine in the
 * place of those in the containers. Nothing else is different.
 */
export function environmentOnLoopback(compose: Compose, name: string, places: Places): Record<string, string> {
  const service = serviceOf(compose, name);
  const paths = new Map([...mountsOf(compose, name, places), ...(places.volumes ?? [])]);
  return Object.fromEntries(
    Object.entries(service.environment).map(([variable, value]) => [variable, translated(value, paths, places)]),
  );
}

function mountsOf(compose: Compose, name: string, { certificates, secrets }: Places): ReadonlyMap<string, string> {
  const mounts = [...bindMounts(serviceOf(compose, name))].map(([target, source]): [string, string] => [
    target,
    source.startsWith("certs/") ? join(certificates, source.slice("certs/".length)) : join(ROOT, source),
  ]);
  return new Map([...mounts, ["/run/secrets", secrets]]);
}

function translated(value: string, paths: ReadonlyMap<string, string>, { hosts = new Map() }: Places): string {
  let text = value;
  for (const [there, here] of paths) {
    if (text === there) text = here;
    else if (text.startsWith(`${there}/`)) text = here + text.slice(there.length);
    else if (text.startsWith(`file:${there}/`)) text = `file:${here}${text.slice(`file:${there}`.length)}`;
  }
  for (const [there, here] of hosts) text = text.replaceAll(there, here);
  return text;
}

/** Arguments with which compose starts PostgreSQL, and the files that they name. */
export function postgresOfCompose(compose: Compose, places: Places) {
  const mounts = mountsOf(compose, "postgres", places);
  const named = (serviceOf(compose, "postgres").command ?? []).slice(1).map((arg) => {
    const [flag = "", value = ""] = arg.split("=");
    const [target] = [...mounts.keys()].filter((it) => value.startsWith(`${it}/`));
    return { flag, value, target, file: target === undefined ? undefined : value.slice(target.length + 1) };
  });
  return {
    certificates: join(places.certificates, "servers/postgres"),
    /** With the files in `folder`, because they must be of the user that PostgreSQL runs as. */
    args: (folder: string) =>
      named.map(({ flag, value, file }) => `${flag}=${file === undefined ? value : join(folder, file)}`),
    files: named.flatMap(({ target, file }) =>
      target === undefined || file === undefined ? [] : [join(mounts.get(target) ?? "", file)],
    ),
  };
}

/**
 * The statements of deploy/postgres/roles.sql in order, as psql would send them with the passwords that make-roles.sh takes
 * from the two URLs.
 */
export function roleStatements(passwords: { readonly owner: string; readonly api: string }): readonly string[] {
  const read = (name: string) => readFileSync(join(ROOT, "deploy/postgres", name), "utf8");
  const [before = "", after = ""] = read("roles.sql")
    .replaceAll(/^(?:--|\\getenv ).*$/gm, "")
    .replaceAll(":'owner_password'", quoted(passwords.owner))
    .replaceAll(":'api_password'", quoted(passwords.api))
    .split("\\ir api-role.sql");
  const each = (text: string) => text.split(";").filter((statement) => statement.trim() !== "");
  return [...each(before), read("api-role.sql"), ...each(after)];
}

/** Passwords of `npm run secrets` have no character that would end a literal. */
function quoted(password: string): string {
  if (!/^[\w-]+$/.test(password)) throw new Error("this password is none of npm run secrets");
  return `'${password}'`;
}
