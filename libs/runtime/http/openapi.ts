import { ERROR_CATEGORIES, type ErrorCategory, errorBody } from "@flowstate/contracts";
import { z } from "zod";

/** The parts of an OpenAPI document that all services' documents have in common. */

export const OPENAPI_VERSION = "3.1.1";
export const JSON_TYPE = "application/json";

/** The security scheme of everything that needs a key, under the name that `security` refers to. */
export const SECURITY_SCHEMES = { apiKey: { type: "apiKey", in: "header", name: "X-API-Key" } } as const;

/** The answers of requests that fail, by status. */
export function describeFailures(categories: readonly ErrorCategory[]): object {
  return Object.fromEntries(
    categories.map((category) => [
      ERROR_CATEGORIES[category],
      {
        description: `${category}: docs/errors/${category}.md`,
        ...((category === "temporarily_unavailable" || category === "rate_limited") && {
          headers: { "Retry-After": { description: "Seconds.", schema: { type: "integer" } } },
        }),
        content: { [JSON_TYPE]: { schema: { const: errorBody(category) } } },
      },
    ]),
  );
}

/** An endpoint that needs no key and takes no parameters. */
export function describeProbe(summary: string, failures: readonly ErrorCategory[] = []): object {
  return {
    summary,
    responses: {
      200: { description: "Yes.", content: { [JSON_TYPE]: { schema: { type: "object" } } } },
      ...describeFailures(failures),
    },
  };
}

/** The parameters of an endpoint, one for each member of its schema. */
export function describeParameters(
  place: "query" | "header" | "path",
  shape: Readonly<Record<string, z.ZodType>>,
): object[] {
  return Object.entries(shape).map(([name, schema]) => {
    const { description, ...rest } = jsonSchemaOf(schema);
    return { name, in: place, required: place === "path", description, schema: rest };
  });
}

/** What callers send by a zod schema, or see of it, as JSON Schema. */
export function jsonSchemaOf(
  schema: z.ZodType,
  options: Parameters<typeof z.toJSONSchema>[1] = { io: "input" },
): { readonly description?: unknown } {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, options);
  return rest;
}
