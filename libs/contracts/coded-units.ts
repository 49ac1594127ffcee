import { z } from "zod";
import { lineSchema, measureSchema, totalsSchema } from "./extraction-facts.ts";

/**
 * Units as an ERP books them: one code for all that documents call the same, whoever read it. Facts have the unit as it is
 * stated; an extraction has the code beside it.
 */

const unitCodeSchema = z
  .string()
  .regex(/^[0-9A-Z]{2,3}$/)
  .nullable()
  .describe(
    "The code of `unit`, to book by: UN/ECE Recommendation 20 (`H87`, `KGM`, `HUR`), of packages Recommendation 21 behind an `X` (`XPX`). What an e-invoice states, or what the printed word means. `null` for a word that is not known, or means several units. Pieces are `H87` where a page says so, and `C62`, `H87` or `EA` in e-invoices.",
  );

const codedMeasureSchema = measureSchema.unwrap().extend({ unit_code: unitCodeSchema }).nullable();

const { position, seller_item_number, buyer_item_number, gtin, hs_code, description, quantity, unit, ...restOfLine } =
  lineSchema.shape;

// Beside the unit, where people look for it.
export const codedLineSchema = z.strictObject({
  ...{ position, seller_item_number, buyer_item_number, gtin, hs_code, description, quantity, unit },
  unit_code: unitCodeSchema,
  ...restOfLine,
  net_weight: codedMeasureSchema.describe("The net weight of the whole line."),
  gross_weight: codedMeasureSchema.describe("The gross weight of the whole line."),
});

export const codedTotalsSchema = totalsSchema.extend({
  net_weight: codedMeasureSchema.describe("The net weight of everything."),
  gross_weight: codedMeasureSchema.describe("The gross weight of everything."),
  volume: codedMeasureSchema.describe("The volume of everything."),
});
