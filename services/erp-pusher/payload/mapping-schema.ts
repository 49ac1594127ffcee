import { z } from "zod";
import type { PayloadMapping } from "./mapping.ts";
import { readFields } from "./read-fields.ts";
import { PAYLOAD_PLACES, stepInto } from "./source-places.ts";

const EXTRACTION_PLACES = stepInto(stepInto(PAYLOAD_PLACES, "data"), "extraction");

/**
 * `erp.payload` of a tenant (docs/erp/mapping.md): the fields that its ERP expects and where each comes from. Checked at
 * start against the payload's own schema, so that a mapping that starts works for every document. All problems are listed,
 * each with its place and without a value.
 */
export const payloadMappingSchema = z
  .strictObject(
    {
      fields: z
        .unknown()
        .transform((fields, context) =>
          readFields(fields, { payload: PAYLOAD_PLACES, here: EXTRACTION_PLACES }, context),
        ),
      envelope: z.boolean("must be true or false").default(true),
      nulls: z.enum(["keep", "omit"], "must be keep or omit").default("keep"),
    },
    "must be an object",
  )
  .transform(({ fields, ...options }): PayloadMapping => ({ ...options, members: fields }));
