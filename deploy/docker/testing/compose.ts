import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "@flowstate/local/local-file.ts";
import { parse } from "yaml";
import { z } from "zod";

/**
 * docker-compose.yml as `docker compose` reads it: anchors merged, variables filled in. Keys that are not here are refused: a
 * misspelled one would be without effect, and those that weaken a container (`privileged`, `cap_add`, `network_mode`,
 * `devices`, `container_name` where it must scale) have no place.
 */
const serviceSchema = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.literal("."), dockerfile: z.string() }).optional(),
  profiles: z.array(z.string()).optional(),
  user: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  ports: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.string() })).default({}),
  deploy: z.strictObject({ replicas: z.int().positive() }).optional(),
  healthcheck: z
    .strictObject({
      test: z.tuple([z.literal("CMD")], z.string()),
      interval: z.string(),
      timeout: z.string(),
      retries: z.int(),
      start_period: z.string(),
    })
    .optional(),
  restart: z.string(),
  stop_grace_period: z.string().optional(),
  stop_signal: z.string().optional(),
  logging: z.strictObject({ driver: z.string(), options: z.record(z.string(), z.string()) }),
  read_only: z.boolean(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  ulimits: z.strictObject({ core: z.int() }),
  cpus: z.number(),
  mem_limit: z.string(),
  memswap_limit: z.string(),
  pids_limit: z.int(),
  shm_size: z.string().optional(),
});

export const composeSchema = z.object({
  name: z.string(),
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), z.strictObject({ internal: z.boolean().optional() })),
  volumes: z.record(z.string(), z.strictObject({})),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
});

export type Compose = z.output<typeof composeSchema>;
export type ComposeService = z.output<typeof serviceSchema>;

export const COMPOSE_TEXT = readFileSync(join(ROOT, "docker-compose.yml"), "utf8");

const parsed: unknown = parse(COMPOSE_TEXT, { merge: true });

/** The file with `variables` filled in, those of `.env` and the shell. Throws on what is not of the schema. */
export function readCompose(variables: Readonly<Record<string, string>> = {}): Compose {
  return composeSchema.parse(plainCompose(variables));
}

/** The same without the schema, a new copy for who plants mistakes into it. */
export function plainCompose(variables: Readonly<Record<string, string>> = {}): unknown {
  return filledIn(parsed, variables);
}

/** The service of this name. Throws when there is none. */
export function serviceOf({ services }: Compose, name: string): ComposeService {
  const service = services[name];
  if (service === undefined) throw new Error(`compose has no service ${name}`);
  return service;
}

/** Where on the host each bind mount of a service is, by its place in the container. */
export function bindMounts({ volumes }: ComposeService): ReadonlyMap<string, string> {
  const mounts = volumes.map((volume) => volume.split(":"));
  return new Map(
    mounts.flatMap(([source = "", target = ""]) => (source.startsWith("./") ? [[target, source.slice(2)]] : [])),
  );
}

function filledIn(node: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (typeof node === "string") return interpolated(node, variables);
  if (Array.isArray(node)) return node.map((item) => filledIn(item, variables));
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, filledIn(value, variables)]));
}

/** `${NAME:-default}` is the only form that the file uses; an empty variable counts as absent. Throws on any other. */
function interpolated(text: string, variables: Readonly<Record<string, string>>): string {
  const filled = text.replaceAll(/\$\{([A-Z][A-Z0-9_]*):-([^${}]*)\}/g, (_, name: string, fallback: string) => {
    const value = variables[name];
    return value === undefined || value === "" ? fallback : value;
  });
  if (/\$/.test(text.replaceAll(/\$\{[A-Z][A-Z0-9_]*:-[^${}]*\}/g, "")))
    throw new Error(`cannot be filled in: ${text}`);
  return filled;
}
