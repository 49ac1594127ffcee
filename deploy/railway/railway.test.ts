// Real: the files of this folder, the Dockerfiles, the configuration schemas. Not real: Railway; what it accepts is written
// down here as its reference has it (docs.railway.com/config-as-code/reference).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SERVICE_NAMES, type ServiceName } from "@flowstate/local/service-environment.ts";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { argumentsOf, readDockerfile } from "../docker/testing/dockerfile.ts";
import { SERVICE_CONFIGS, variablesOf } from "../generate/environment.ts";

/** libs/runtime/service.ts ends a service that takes longer. */
const STOP_LIMIT_S = 25;
/** Railway asks a new instance until it is ready; meanwhile the old one works. */
const PORT_VARIABLES = {
  ingest: "INGEST_PORT",
  extractor: "EXTRACTOR_PORT",
  "erp-pusher": "PUSHER_PORT",
  audit: "AUDIT_PORT",
} as const satisfies Record<ServiceName, string>;

/** Seconds are numbers: the parser refuses the texts that the reference shows (railwayapp/docs#1243). */
const configSchema = z.strictObject({
  $schema: z.literal("https://railway.com/railway.schema.json"),
  build: z.strictObject({
    builder: z.literal("DOCKERFILE"),
    dockerfilePath: z.string(),
    watchPatterns: z.array(z.string()).optional(),
  }),
  deploy: z.strictObject({
    startCommand: z.string().optional(),
    healthcheckPath: z.string().startsWith("/").optional(),
    healthcheckTimeout: z.int().positive().optional(),
    restartPolicyType: z.enum(["ON_FAILURE", "ALWAYS", "NEVER"]),
    restartPolicyMaxRetries: z.int().positive().optional(),
    overlapSeconds: z.int().optional(),
    drainingSeconds: z.int().optional(),
    multiRegionConfig: z.record(z.string(), z.strictObject({ numReplicas: z.int().positive() })),
  }),
});

const textOf = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");
const configOf = (name: string) => configSchema.parse(JSON.parse(textOf(`${name}.json`)));

/** How the image starts this program, as one command without the image's own. */
function startOf(program: string): string {
  const [shell = "", flag = "", script = ""] = argumentsOf(
    readDockerfile().at(-1) ?? { image: "", name: "", instructions: [] },
    "ENTRYPOINT",
  );
  return `${shell} ${flag} '${script.replace('"$0" "$@"', program)}'`;
}

describe("on Railway", () => {
  it("everything runs in one region", () => {
    const regions = [...SERVICE_NAMES, "nats", "provision"].flatMap((name) =>
      Object.keys(configOf(name).deploy.multiRegionConfig),
    );
    expect(new Set(regions).size).toBe(1);
  });

  it.each(SERVICE_NAMES)("%s is built and started as the image is, hardened", (name) => {
    const { build, deploy } = configOf(name);
    expect(build.dockerfilePath).toBe("deploy/docker/Dockerfile");
    expect(build.watchPatterns).toContain(`services/${name}/**`);
    expect(deploy.startCommand).toBe(startOf(`services/${name}/main.ts`));
  });

  it.each(SERVICE_NAMES)("%s is replaced while another instance works, and has the time to finish", (name) => {
    const { deploy } = configOf(name);
    expect(deploy.healthcheckPath).toBe("/readyz");
    expect(deploy.restartPolicyType).toBe("ALWAYS");
    expect(deploy.drainingSeconds).toBeGreaterThan(STOP_LIMIT_S);
    expect(deploy.overlapSeconds).toBeGreaterThan(0);
    for (const { numReplicas } of Object.values(deploy.multiRegionConfig)) expect(numReplicas).toBeGreaterThan(1);
  });

  it("the streams are made by a service that ends, and that is asked again while the broker is not there", () => {
    const { deploy } = configOf("provision");
    expect(deploy.startCommand).toBe(startOf("libs/messaging/commands/broker.ts provision"));
    expect(deploy.restartPolicyType).toBe("ON_FAILURE");
  });

  it("a node of the broker is alone with its volume", () => {
    const { build, deploy } = configOf("nats");
    expect(build.dockerfilePath).toBe("deploy/nats/Dockerfile");
    expect(Object.values(deploy.multiRegionConfig)).toEqual([{ numReplicas: 1 }]);
  });
});

describe.each([...SERVICE_NAMES, "provision"])("the variables of %s", (name) => {
  const lines = textOf(`${name}.env`).split("\n");
  const assignments = new Map(
    lines.flatMap((line) => {
      const [, commented, variable, value] = /^(# )?([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
      return variable === undefined ? [] : [[variable, { value: value ?? "", set: commented === undefined }] as const];
    }),
  );
  const config = SERVICE_CONFIGS[name];
  const variables = config === undefined ? [] : variablesOf(name, config);

  const port = new Map(Object.entries(PORT_VARIABLES)).get(name);

  it("are those of its schema, all of them, and Railway's PORT where it is asked", () => {
    const own = port === undefined ? [] : ["PORT"];
    expect([...assignments.keys()].sort()).toEqual([...variables.map((variable) => variable.name), ...own].sort());
  });

  it("hold no secret", () => {
    const secrets = variables.filter(({ secret }) => secret);
    expect(secrets.length).toBeGreaterThan(0);
    expect(
      secrets.filter(
        ({ name: variable }) => !/^(?:\$\{\{shared\.[A-Z_]+\}\})?$/.test(assignments.get(variable)?.value ?? ""),
      ),
    ).toEqual([]);
  });

  it.skipIf(port === undefined)("have Railway ask where the service answers", () => {
    const fallback = variables.find(({ name: variable }) => variable === port)?.fallback;
    expect(assignments.get("PORT")).toEqual({ value: fallback, set: true });
  });
});
