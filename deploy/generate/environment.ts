import { provisionConfig } from "../../libs/messaging/index.ts";
import { auditConfig } from "../../services/audit/config.ts";
import { erpPusherConfig } from "../../services/erp-pusher/config.ts";
import { extractorConfig } from "../../services/extractor/config.ts";
import { ingestConfig } from "../../services/ingest/config.ts";

/** One environment variable, as the services that read it describe it. */
export interface Variable {
  readonly name: string;
  readonly services: readonly string[];
  /** Of the first service on the data path that reads it; another may put it differently. */
  readonly description: string;
  /** What an absent variable means, in the spelling of the environment; undefined when there is no default. */
  readonly fallback: string | undefined;
  readonly required: boolean;
  /** The variable without which this one is required as well. */
  readonly requiredUnless: string | undefined;
  readonly secret: boolean;
  /** The only values accepted, where they can be listed. */
  readonly choices: readonly string[] | undefined;
}

/** What the generator reads of a service's configuration. */
interface ServiceConfig {
  readonly schema: {
    readonly shape: Readonly<Record<string, VariableSchema>>;
  };
  readonly variables: readonly string[];
}

interface VariableSchema {
  safeParse(value: undefined): { readonly success: boolean; readonly data?: unknown };
  toJSONSchema(options: { io: "input"; unrepresentable: "any" }): unknown;
}

/** In the order of the data path, and last what makes the streams that they need. */
export const SERVICE_CONFIGS: Readonly<Record<string, ServiceConfig>> = {
  ingest: ingestConfig,
  extractor: extractorConfig,
  "erp-pusher": erpPusherConfig,
  audit: auditConfig,
  provision: provisionConfig,
};

/** The part of a variable's JSON Schema that pages are made of. `secret` and `requiredUnless` come from `.meta()`. */
interface VariableJsonSchema {
  readonly description?: unknown;
  readonly secret?: unknown;
  readonly requiredUnless?: unknown;
  readonly enum?: unknown;
}

/** The variables of one service, in the order in which its schema has them. Throws for one without a description. */
export function variablesOf(service: string, { schema, variables }: ServiceConfig): readonly Variable[] {
  return variables.map((name) => {
    const variable = schema.shape[name];
    if (variable === undefined) throw new Error(`${service}: ${name} is not in the schema`);
    const jsonSchema: VariableJsonSchema = Object(variable.toJSONSchema({ io: "input", unrepresentable: "any" }));
    if (typeof jsonSchema.description !== "string") throw new Error(`${service}: ${name} has no description`);
    // What the schema makes of an absent variable is its default: asked of the schema itself, not read about it.
    const absent = variable.safeParse(undefined);
    return {
      name,
      services: [service],
      description: jsonSchema.description,
      fallback: absent.data === undefined ? undefined : String(absent.data),
      required: !absent.success,
      requiredUnless: typeof jsonSchema.requiredUnless === "string" ? jsonSchema.requiredUnless : undefined,
      secret: jsonSchema.secret === true,
      choices: Array.isArray(jsonSchema.enum) ? jsonSchema.enum.map(String) : undefined,
    };
  });
}

/** Every variable of every service, once. Throws when two services disagree about one. */
export function allVariables(): readonly Variable[] {
  const byName = new Map<string, Variable>();
  for (const [service, config] of Object.entries(SERVICE_CONFIGS)) {
    for (const variable of variablesOf(service, config)) {
      const known = byName.get(variable.name);
      byName.set(variable.name, known === undefined ? variable : merged(known, variable));
    }
  }
  return [...byName.values()];
}

function merged(known: Variable, other: Variable): Variable {
  const alike = (["fallback", "secret", "requiredUnless"] as const).every((part) => known[part] === other[part]);
  if (!alike) {
    throw new Error(`${known.name}: services disagree about its default, its being secret or its being required`);
  }
  return {
    ...known,
    services: [...known.services, ...other.services],
    required: known.required || other.required,
  };
}
