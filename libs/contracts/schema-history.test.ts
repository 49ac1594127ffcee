import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { erpPayloadSchema } from "./erp-payload.ts";
import { eventSchema } from "./events.ts";
import { finalEventSchema } from "./settlement.ts";

/*
 * Real: the schemas that others build on, and their checked-in history. A change of either schema fails here until
 * `schema-history.json` has an entry that says what changed; the entry is what a consumer reads.
 */

const historySchema = z.record(
  z.string(),
  z
    .array(z.strictObject({ version: z.int().positive(), change: z.string().min(10), sha256: z.string().length(64) }))
    .min(1),
);

const history = historySchema.parse(
  JSON.parse(readFileSync(new URL("./schema-history.json", import.meta.url), "utf8")),
);

/** The hash of a schema as JSON Schema, independent of the order in which properties were written down. */
function hashOf(schema: z.ZodType): string {
  return createHash("sha256")
    .update(JSON.stringify(ordered(schema.toJSONSchema())))
    .digest("hex");
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, ordered(child)]),
  );
}

describe.each([
  ["event", eventSchema],
  ["settlement", finalEventSchema],
  ["erp_payload", erpPayloadSchema],
])("the history of the schema %s", (name, schema) => {
  const versions = history[name] ?? [];

  it("ends with the schema as it is now", () => {
    const hash = hashOf(schema);
    expect(versions.at(-1)?.sha256, `the schema changed: add a version with sha256 ${hash} and what changed`).toBe(
      hash,
    );
  });

  it("counts its versions from 1 and never repeats a schema", () => {
    expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1));
    expect(new Set(versions.map(({ sha256 }) => sha256)).size).toBe(versions.length);
  });
});
