import type { z } from "zod";
import { PART_CONFIGS, PART_NAMES, type PartName } from "./deployment.ts";

/** The variables of each part whose values are never printed. */
export const SECRET_VARIABLES: ReadonlyMap<PartName, readonly string[]> = new Map(
  PART_NAMES.map((part) => [part, secretVariablesOf(part)]),
);

/** What `.meta()` says of a variable is part of its JSON Schema, also where it stands on an inner schema. */
function secretVariablesOf(part: PartName): readonly string[] {
  const shape: Readonly<Record<string, z.ZodType>> = PART_CONFIGS[part].schema.shape;
  return PART_CONFIGS[part].variables.filter(
    (name) => shape[name]?.toJSONSchema({ io: "input", unrepresentable: "any" })["secret"] === true,
  );
}
