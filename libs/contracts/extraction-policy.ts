import { z } from "zod";
import { extraFieldNameSchema, FACTS_LIMITS } from "./extraction-facts.ts";

/** Longest description of a field, in UTF-16 units. It is sent with every request, so it must not become a prompt. */
const FIELD_DESCRIPTION_MAX_LENGTH = 256;

const requestedFieldSchema = z.strictObject({
  name: extraFieldNameSchema.describe("How the field is called in `extra`."),
  type: z
    .enum(["text", "number", "date"])
    .describe("`number` is a decimal string, `date` an ISO 8601 calendar date, anything else `text`."),
  description: z
    .string()
    .min(1)
    .max(FIELD_DESCRIPTION_MAX_LENGTH)
    .describe("What the model should look for, in a sentence. It is sent to the model."),
});
/** A field that a tenant asks for beyond the schema. */
export type RequestedField = z.infer<typeof requestedFieldSchema>;

/**
 * What a tenant decides about its extractions. It comes from the operator's configuration, never from a document or from
 * what a model answered.
 */
export const extractionPolicySchema = z.strictObject({
  on_invalid: z
    .enum(["refuse", "push_flagged"])
    .default("refuse")
    .describe(
      "What becomes of an invalid extraction: it is not pushed, or it is pushed with its status for the ERP to act on.",
    ),
  on_ungrounded: z
    .enum(["warn", "invalid"])
    .default("warn")
    .describe(
      "What a total, a line's amount or a type of document means that the page does not print: a warning, or `invalid`.",
    ),
  extra_fields: z
    .array(requestedFieldSchema)
    .max(FACTS_LIMITS.extraFields)
    .refine(
      (fields) => new Set(fields.map(({ name }) => name)).size === fields.length,
      "each name stands for one field",
    )
    .default([])
    .describe("Fields to look for beyond the schema. E-invoices have none of them."),
});
export type ExtractionPolicy = z.infer<typeof extractionPolicySchema>;

/** For a tenant that decided nothing. */
export const DEFAULT_EXTRACTION_POLICY: ExtractionPolicy = extractionPolicySchema.parse({});
