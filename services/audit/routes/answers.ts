import { EVENT_TYPES } from "@flowstate/contracts";
import { z } from "zod";
import { documentRowSchema } from "../projection/document-row.ts";

/** What several answers are made of, under the names that the OpenAPI document gives to it. */

export const documentAnswer = documentRowSchema.meta({ id: "Document" });

export const eventAnswer = z
  .strictObject({
    id: z.uuid(),
    type: z.enum(EVENT_TYPES),
    time: z.iso.datetime(),
    trace_id: z
      .string()
      .nullable()
      .describe("W3C trace id, 32 hexadecimal digits; null where what the event is of was not traced."),
    data: z.looseObject({}).describe("The fields of the type: docs/schemas/event.json."),
  })
  .meta({ id: "Event" });
