import { z } from "zod";
import { decimalSchema } from "./decimal.ts";

/**
 * What Flowstate reads from a document, as the ERP receives it. Every field is present; `null` says that the document
 * does not state it. Money and quantities are decimal strings, dates are ISO 8601, currencies ISO 4217.
 */

export const EXTRACTION_SCHEMA_VERSION = "1.0";

/** Bounds on what one document can make us carry; a hostile model answer meets them first. */
const TEXT_MAX_LENGTH = 512;
const DESCRIPTION_MAX_LENGTH = 4_096;
const UNIT_MAX_LENGTH = 32;
export const EXTRACTION_MAX_LINES = 5_000;

const text = z.string().min(1).max(TEXT_MAX_LENGTH).nullable();
const amount = decimalSchema.nullable();

/** ISO 8601 calendar date, `2026-11-23`. */
const date = z.iso.date().nullable();

const unit = z.string().min(1).max(UNIT_MAX_LENGTH).nullable();

const weightSchema = z.strictObject({ value: decimalSchema, unit }).nullable();

const partySchema = z
  .strictObject({
    name: text,
    street: text,
    postal_code: text,
    city: text,
    country: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .nullable(),
    tax_id: text,
  })
  .nullable();
export type Party = z.infer<typeof partySchema>;

const lineSchema = z.strictObject({
  position: text,
  item_number: text,
  description: z.string().min(1).max(DESCRIPTION_MAX_LENGTH).nullable(),
  quantity: amount,
  /** As the document states it: a UN/ECE Recommendation 20 code in e-invoices, the printed unit otherwise. */
  unit,
  unit_price: amount,
  /** The line's net amount in `currency`. */
  amount,
  weight: weightSchema,
});
export type ExtractionLine = z.infer<typeof lineSchema>;

const totalsSchema = z.strictObject({
  net: amount,
  tax: amount,
  gross: amount,
  due: amount,
  net_weight: weightSchema,
  gross_weight: weightSchema,
});

export const extractionSchema = z.strictObject({
  /** Lets an ERP tell what it parses. */
  schema_version: z.literal(EXTRACTION_SCHEMA_VERSION),
  // Identity before derived values: a model that fills the fields in order commits to the facts first.
  document_type: z.enum([
    "invoice",
    "credit_note",
    "purchase_order",
    "packing_list",
    "delivery_note",
    "bill_of_lading",
    "other",
  ]),
  document_number: text,
  document_date: date,
  purchase_order_number: text,
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullable(),
  vendor: partySchema,
  buyer: partySchema,
  lines: z.array(lineSchema).max(EXTRACTION_MAX_LINES),
  totals: totalsSchema,
});
export type Extraction = z.infer<typeof extractionSchema>;
