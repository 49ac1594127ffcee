import { z } from "zod";
import { bigint, bytes, columnList, day, text } from "../database/columns.ts";

/** How a tenant's newest day stands in the chain: what an operator compares with what he keeps elsewhere. */
export const headRowSchema = z.object({ tenant_id: text, day, event_count: bigint, digest: bytes, key_id: text });

export const HEAD_COLUMNS = columnList(headRowSchema);

export const headAnswer = z
  .strictObject({
    tenant_id: z.string().describe("`_` for events that belong to no tenant."),
    day: z.iso.date().describe("The UTC day of recording."),
    event_count: z.int().nonnegative(),
    digest: z.string().describe("64 hexadecimal digits, as `npm run audit -- verify` has it."),
    key_id: z.string().describe("Of the key that the head is signed with."),
  })
  .meta({ id: "SegmentHead" });

export function headView({ digest, ...head }: z.output<typeof headRowSchema>): z.output<typeof headAnswer> {
  return { ...head, digest: digest.toString("hex") };
}
