import { z } from "zod";
import { codedLineSchema, codedTotalsSchema } from "./coded-units.ts";
import { extractionFactsSchema, FACTS_LIMITS } from "./extraction-facts.ts";
import { validationRuleSchema } from "./validation-rules.ts";

/**
 * An extraction, as the ERP receives it: the facts that were read from a document, and how far they can be trusted. What
 * was found out about a field names it by its JSON pointer and never repeats its value.
 */

export const EXTRACTION_SCHEMA_VERSION = "1.0";

/** Most problems listed: more than anybody reads, and a hostile document can make thousands. */
const MAX_ISSUES = 1_000;
/** The longest pointer leads to a measure of a line and has about 30 characters. */
const POINTER_MAX_LENGTH = 128;
/** Fields of one line that hold a value, those of measures included. */
const FIELDS_PER_LINE = 20;
/** Fields that hold a value, references and tax rates included, besides the lines. */
const FIELDS_BESIDE_LINES = 3 * FACTS_LIMITS.references + 4 * FACTS_LIMITS.taxRates + 300;
const MAX_FIELDS = FACTS_LIMITS.lines * FIELDS_PER_LINE + FIELDS_BESIDE_LINES;

/** RFC 6901, over names and indices of the schema only: no value can travel in it. Empty for the whole extraction. */
const pointerSchema = z
  .string()
  .max(POINTER_MAX_LENGTH)
  .regex(/^(?:\/(?:[a-z][a-z_]*|0|[1-9]\d*))*$/);

export const validationStatusSchema = z.enum(["valid", "warnings", "invalid"]);

const validationIssueSchema = z.strictObject({
  rule: validationRuleSchema.describe("The rule that is broken."),
  severity: z
    .enum(["note", "warning", "error"])
    .describe(
      "`error`: not to be booked as it is; `warning`: somebody should look; `note`: the document itself is wrong, because it prints the very values that were read.",
    ),
  path: pointerSchema.describe("JSON pointer to the field, from the extraction's root."),
});
export type ValidationIssue = z.infer<typeof validationIssueSchema>;

const validationSchema = z.strictObject({
  status: validationStatusSchema.describe(
    "`invalid` with an error, `warnings` with a warning and no error, `valid` with neither.",
  ),
  issues: z.array(validationIssueSchema).max(MAX_ISSUES).describe("What is wrong or doubtful, errors first."),
});
export type Validation = z.infer<typeof validationSchema>;

const groundedFieldSchema = z.strictObject({
  path: pointerSchema.describe("JSON pointer to the field, from the extraction's root."),
  grounded: z
    .enum(["page", "absent", "not_checkable"])
    .describe(
      "`page`: the value is printed in the document, where it belongs; `absent`: it was looked for and not found, or only where something else belongs; `not_checkable`: there is no text to look in, a value of this kind is not printed as such, or the page does not tell.",
    ),
});
export type GroundedField = z.infer<typeof groundedFieldSchema>;

const groundingSchema = z.strictObject({
  text_layer: z
    .boolean()
    .describe("Whether the PDF has text that values could be looked for in. A plain scan has none."),
  score: z
    .string()
    .regex(/^(?:0(?:\.\d{1,4})?|1(?:\.0{1,4})?)$/)
    .nullable()
    .describe(
      "The share of checkable fields that are printed in the document, from `0` to `1`. `null` without a text layer.",
    ),
  fields: z.array(groundedFieldSchema).max(MAX_FIELDS).describe("Each field that has a value."),
  unmatched_amounts: z
    .int()
    .nonnegative()
    .nullable()
    .describe(
      "How many amounts are printed in the document and absent from the extraction: signs of missing lines. `null` without a text layer, and where nothing is billed and no column of the lines was found.",
    ),
});
export type Grounding = z.infer<typeof groundingSchema>;

export const extractionSchema = z.strictObject({
  schema_version: z.literal(EXTRACTION_SCHEMA_VERSION).describe("Lets an ERP tell what it parses."),
  ...extractionFactsSchema.shape,
  lines: z
    .array(codedLineSchema)
    .max(FACTS_LIMITS.lines)
    .describe(extractionFactsSchema.shape.lines.description ?? ""),
  totals: codedTotalsSchema.describe(extractionFactsSchema.shape.totals.description ?? ""),
  validation: validationSchema.describe("Whether the facts agree with each other and with the rules of their kind."),
  grounding: groundingSchema.describe("Whether the facts are printed in the document."),
  spreadsheet_formulas: z
    .array(pointerSchema)
    .max(MAX_FIELDS)
    .describe(
      "Fields whose text begins like a formula (`=`, `+`, `-`, `@`): quote them before they reach a spreadsheet.",
    ),
});
export type Extraction = z.infer<typeof extractionSchema>;
