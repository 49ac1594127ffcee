import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs, parseEnv } from "node:util";
import { type Environments, PART_CONFIGS, PART_NAMES, type PartName } from "./deployment.ts";

const USAGE = `usage: npm run doctor -- [PART | PART=FILE]... [--json]
  PART is ${PART_NAMES.join(", ")} (what npm run broker is given).
  PART alone is looked at with the environment of this command, PART=FILE with the variables in FILE.
  Without any, the parts are those whose own variables this environment has.`;

/** The words on the command line are not an order, or a file cannot be read. */
export class UsageError extends Error {
  constructor(reason?: string) {
    super(reason ?? USAGE);
    this.name = "UsageError";
  }
}

export interface Order {
  readonly environments: Environments;
  /** Whether every part has the environment of this process, as in a service's container. */
  readonly asService: boolean;
  readonly json: boolean;
}

/** Reads the command line. A relative file is meant from `standing`. Throws `UsageError`. */
export function readOrder(args: readonly string[], standing: string, environment: NodeJS.ProcessEnv): Order {
  const { values, positionals } = parsed(args);
  const environments = new Map<PartName, NodeJS.ProcessEnv>();
  let asService = true;
  for (const word of positionals.length === 0 ? partsIn(environment) : positionals) {
    const [name, file] = [
      word.split("=", 1)[0] ?? "",
      word.includes("=") ? word.slice(word.indexOf("=") + 1) : undefined,
    ];
    if (!isPart(name) || environments.has(name)) throw new UsageError();
    if (file !== undefined) asService = false;
    environments.set(name, file === undefined ? environment : readEnvironment(resolve(standing, file)));
  }
  if (environments.size === 0) throw new UsageError();
  return { environments, asService, json: values.json === true };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: { json: { type: "boolean" } } });
  } catch {
    throw new UsageError();
  }
}

function isPart(name: string): name is PartName {
  return PART_NAMES.some((part) => part === name);
}

/** Parts of which this environment has a variable that no other part reads. */
function partsIn(environment: NodeJS.ProcessEnv): readonly PartName[] {
  return PART_NAMES.filter((part) => {
    const others = new Set(PART_NAMES.filter((name) => name !== part).flatMap((name) => PART_CONFIGS[name].variables));
    const own = PART_CONFIGS[part].variables.filter((name) => !others.has(name));
    return own.some((name) => (environment[name] ?? "") !== "");
  });
}

/** Lines of NAME=value, as docker and Node read them. */
function readEnvironment(path: string): NodeJS.ProcessEnv {
  try {
    return parseEnv(readFileSync(path, "utf8"));
  } catch {
    throw new UsageError(`${path} cannot be read`);
  }
}
