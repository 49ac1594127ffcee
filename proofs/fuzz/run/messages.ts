import { z } from "zod";
import { FAULT_KINDS } from "../target.ts";

/** What the proof and the process that takes the inputs say to each other. */

const faultSchema = z.object({ kind: z.enum(FAULT_KINDS), what: z.string(), detail: z.string().optional() });
export type SeenFault = z.infer<typeof faultSchema>;

/** The same for faults with one reason: of what is thrown, the place counts. */
export function reasonOf({ kind, what, detail = "" }: SeenFault): string {
  const place = /at .*/.exec(detail)?.[0] ?? "";
  return `${kind} ${what.replaceAll(/\d+(?:\.\d+)?/g, "n")} ${place}`;
}

export const orderSchema = z.discriminatedUnion("order", [
  /** Inputs `from` up to but without `until`, made from the seed and their number. */
  z.object({ order: z.literal("run"), seed: z.number(), from: z.number(), until: z.number() }),
  /** Says what an input is. */
  z.object({ order: z.literal("make"), seed: z.number(), number: z.number() }),
  /** One input, base64, and nothing beside it. */
  z.object({ order: z.literal("give"), input: z.string() }),
  /** Says what can only be seen when all was given. */
  z.object({ order: z.literal("settle") }),
]);
export type Order = z.infer<typeof orderSchema>;

/** How a process is started: its only argument, as JSON. */
export const openingSchema = z.object({
  target: z.string(),
  corpora: z.array(z.string()),
  database: z.object({ url: z.string(), apiUrl: z.string() }).optional(),
  /** A module that plants a bug, for a control. */
  plant: z.string().optional(),
});
export type Opening = z.infer<typeof openingSchema>;

/** What came of one input. `ms`: the shortest of its times; `firstMs`: that of the first, before anything knew it. */
const givenSchema = z.object({
  ms: z.number(),
  firstMs: z.number(),
  accepted: z.boolean(),
  fault: faultSchema.optional(),
});
export type Given = z.infer<typeof givenSchema>;

export const sayingSchema = z.discriminatedUnion("say", [
  z.object({ say: z.literal("open") }),
  z.object({ say: z.literal("begun"), number: z.number() }),
  givenSchema.extend({ say: z.literal("done"), number: z.number() }),
  /** The range is over. `faults` are of none of its inputs alone. */
  z.object({ say: z.literal("over"), faults: z.array(faultSchema), processorMs: z.number() }),
  z.object({ say: z.literal("made"), input: z.string() }),
  givenSchema.extend({ say: z.literal("given") }),
  z.object({ say: z.literal("settled"), fault: faultSchema.optional() }),
]);
export type Saying = z.infer<typeof sayingSchema>;
