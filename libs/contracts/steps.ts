import { z } from "zod";
import { codeSchema } from "./codes.ts";
import { sourceSchema } from "./erp-payload.ts";
import { modelNameSchema, providerSchema } from "./events.ts";
import { validationStatusSchema } from "./extraction.ts";
import { documentIdSchema, tenantIdSchema } from "./ids.ts";

/**
 * What ingest asks of the two functions it calls and what they answer. The content (a PDF one way, an extraction the
 * other) travels beside these as sealed bytes; these are metadata, sealed all the same.
 */

const count = z.int().nonnegative();

/** Goes with a PDF to the extractor. */
export const extractRequestSchema = z.strictObject({ document_id: documentIdSchema, tenant_id: tenantIdSchema });
export type ExtractRequest = z.infer<typeof extractRequestSchema>;

/** Who read a document, and what that took. */
const reading = {
  model: modelNameSchema.optional(),
  input_tokens: count.optional(),
  output_tokens: count.optional(),
  attempts: count.optional(),
};

/** Comes back from the extractor; with `extracted` the extraction follows as JSON bytes. */
export const extractOutcomeSchema = z.discriminatedUnion("result", [
  z.strictObject({
    result: z.literal("extracted"),
    provider: providerSchema,
    ...reading,
    page_count: count,
    validation_status: validationStatusSchema,
    validation_issue_count: count,
  }),
  z.strictObject({ result: z.literal("refused"), code: codeSchema("refused"), page_count: count.optional() }),
  z.strictObject({
    result: z.literal("invalid"),
    code: codeSchema("invalid"),
    provider: providerSchema.optional(),
    ...reading,
    page_count: count.optional(),
    validation_status: validationStatusSchema.optional(),
    validation_issue_count: count.optional(),
  }),
  z.strictObject({ result: z.literal("deferred"), code: codeSchema("deferred"), attempts: count.optional() }),
]);
export type ExtractOutcome = z.infer<typeof extractOutcomeSchema>;

/** Goes with an extraction to the erp-pusher. */
export const pushRequestSchema = z.strictObject({
  document_id: documentIdSchema,
  tenant_id: tenantIdSchema,
  received_at: z.iso.datetime(),
  source: sourceSchema,
});
export type PushRequest = z.infer<typeof pushRequestSchema>;

const httpStatus = z.int().min(100).max(599);

/** Comes back from the erp-pusher. Of the ERP's answer only the status is kept. */
export const pushOutcomeSchema = z.discriminatedUnion("result", [
  z.strictObject({ result: z.literal("delivered"), erp_http_status: httpStatus, attempts: count }),
  z.strictObject({
    result: z.literal("undeliverable"),
    code: codeSchema("undeliverable"),
    erp_http_status: httpStatus.optional(),
    attempts: count,
  }),
  z.strictObject({
    result: z.literal("deferred"),
    code: codeSchema("deferred"),
    erp_http_status: httpStatus.optional(),
    attempts: count,
  }),
]);
export type PushOutcome = z.infer<typeof pushOutcomeSchema>;
