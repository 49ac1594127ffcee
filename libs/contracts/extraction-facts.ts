import { z } from "zod";
import { decimalSchema } from "./decimal.ts";

/**
 * What is read from a document: facts that it states, and nothing that was computed or guessed. Every field is present;
 * `null` says that the document does not state it. Money and quantities are decimal strings, dates are ISO 8601,
 * currencies ISO 4217, countries ISO 3166-1. The description of each field is what `docs/erp/extraction.md` says about it.
 */

/** Bounds on what one document can make us carry; a hostile model answer meets them first. Lengths in UTF-16 units. */
export const FACTS_LIMITS = {
  /** Names, streets, numbers of documents. */
  text: 512,
  /** An item's name and description together. */
  description: 4_096,
  /** Identifiers of fixed form (GTIN, HS code, IBAN, container number), with room for the spaces and dashes of print. */
  code: 64,
  unit: 32,
  lines: 5_000,
  /** Purchase orders, containers or seals of one document: a full container ship's bill of lading is split up earlier. */
  references: 500,
  taxIds: 10,
  /** Combinations of tax category and rate; a document of every VAT rate in the European Union has fewer. */
  taxRates: 100,
  extraFields: 50,
} as const;

const DOCUMENT_TYPES = [
  "invoice",
  "credit_note",
  "purchase_order",
  "order_confirmation",
  "packing_list",
  "delivery_note",
  "bill_of_lading",
  "other",
] as const;

const text = z.string().min(1).max(FACTS_LIMITS.text).nullable();
const code = z.string().min(1).max(FACTS_LIMITS.code);
const decimal = decimalSchema.nullable();
const date = z.iso.date().nullable();
const unit = z.string().min(1).max(FACTS_LIMITS.unit).nullable();
const references = z.array(z.string().min(1).max(FACTS_LIMITS.text)).max(FACTS_LIMITS.references);
const country = z
  .string()
  .regex(/^[A-Z]{2}$/)
  .nullable();

export const measureSchema = z
  .strictObject({
    value: decimalSchema.describe("The figure, in `unit`."),
    unit: unit.describe(
      "As the document states it: a code in e-invoices (`KGM`, `TNE`, `MTQ`), the printed unit otherwise (`kg`, `t`, `m³`).",
    ),
  })
  .nullable();
export type Measure = z.infer<typeof measureSchema>;

const taxIdSchema = z.strictObject({
  scheme: z
    .enum(["vat", "tax_number", "other"])
    .describe("`vat`: a VAT identification number; `tax_number`: a number of the local tax office; `other`: neither."),
  value: z.string().min(1).max(FACTS_LIMITS.text).describe("The number as the document states it."),
});

const partySchema = z
  .strictObject({
    name: text.describe("The company's name."),
    street: text.describe("Street and house number, or post office box; several address lines are joined by `, `."),
    postal_code: text.describe("The postal code."),
    city: text.describe("The city."),
    country: country.describe("ISO 3166-1 alpha-2 code."),
    tax_ids: z
      .array(taxIdSchema)
      .max(FACTS_LIMITS.taxIds)
      .describe("Tax identifiers, in the document's order. Empty when none is stated."),
  })
  .nullable();
export type Party = z.infer<typeof partySchema>;

const referencesSchema = z.strictObject({
  purchase_order_numbers: references.describe("The buyer's order numbers, each once, in the document's order."),
  contract_number: text.describe("The contract or framework agreement that the document refers to."),
  delivery_note_number: text.describe("The delivery note or despatch advice that the document refers to."),
  shipment_number: text.describe("The shipment, consignment, booking or bill of lading that the document refers to."),
  container_numbers: z
    .array(code)
    .max(FACTS_LIMITS.references)
    .describe("Container numbers (ISO 6346), each once, in the document's order."),
  seal_numbers: z
    .array(code)
    .max(FACTS_LIMITS.references)
    .describe("Numbers of the seals on containers, each once, in the document's order."),
  vessel: text.describe("The name of the ship."),
  voyage: text.describe("The voyage number."),
  port_of_loading: text.describe("The port of loading, by name or UN/LOCODE as the document states it."),
  port_of_discharge: text.describe("The port of discharge, by name or UN/LOCODE as the document states it."),
  incoterm: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullable()
    .describe("The three letters of the Incoterms rule (`FOB`, `DAP`)."),
  incoterm_place: text.describe("The place named with the Incoterms rule."),
});

const paymentSchema = z.strictObject({
  iban: code.nullable().describe("The account to pay to, without spaces."),
  bic: code.nullable().describe("The BIC of the payee's bank."),
});

export const lineSchema = z.strictObject({
  position: text.describe("The line's number in the document."),
  seller_item_number: text.describe("The item's number at the seller."),
  buyer_item_number: text.describe("The item's number at the buyer."),
  gtin: code.nullable().describe("Global Trade Item Number (GS1; EAN or UPC)."),
  hs_code: code.nullable().describe("Harmonized System or customs tariff number."),
  description: z
    .string()
    .min(1)
    .max(FACTS_LIMITS.description)
    .nullable()
    .describe("The item's name, and after a line feed what else the document says about it."),
  quantity: decimal.describe("The quantity that is invoiced, ordered, shipped or packed, in `unit`."),
  unit: unit.describe(
    "As the document states it: a code in e-invoices (`H87`, `KGM`), the printed unit otherwise (`Stk`, `kg`).",
  ),
  unit_price: decimal.describe(
    "The net price of `price_base_quantity` units, in `currency`; with tax where `amount` is.",
  ),
  price_base_quantity: decimal.describe("How many units `unit_price` is for. `null` means one."),
  discount_amount: decimal.describe(
    "Allowances less charges of this line, in `currency`: `amount` = `quantity` × `unit_price` ÷ `price_base_quantity` − `discount_amount`. Discounts that are already in `unit_price` are not repeated here.",
  ),
  tax_rate: decimal.describe("The tax rate in percent (`19.00`)."),
  amount: decimal.describe(
    "The line's net amount, in `currency`; with its tax where the document prints no other (`lines_include_tax`).",
  ),
  net_weight: measureSchema.describe("The net weight of the whole line."),
  gross_weight: measureSchema.describe("The gross weight of the whole line."),
  packages: decimal.describe("The number of packages of the whole line."),
  origin_country: country.describe("The country of origin, ISO 3166-1 alpha-2."),
  batch: text.describe("The batch or lot number."),
});
export type Line = z.infer<typeof lineSchema>;

const taxAtRateSchema = z.strictObject({
  rate: decimal.describe("The tax rate in percent."),
  category: z
    .string()
    .min(1)
    .max(FACTS_LIMITS.unit)
    .nullable()
    .describe(
      "In e-invoices the UNTDID 5305 code: `S` standard, `Z` zero, `E` exempt, `AE` reverse charge, `K` intra-EU.",
    ),
  basis: decimal.describe("The amount that is taxed, in `currency`."),
  amount: decimal.describe("The tax, in `currency`."),
});

export const totalsSchema = z.strictObject({
  net: decimal.describe("The sum of the lines' net amounts, in `currency`."),
  allowances: decimal.describe("The sum of the allowances on the whole document, in `currency`, stated positive."),
  charges: decimal.describe("The sum of the charges on the whole document, in `currency`, stated positive."),
  tax_basis: decimal.describe("The total without tax: `net` − `allowances` + `charges`."),
  tax: decimal.describe("The total tax, in `currency`."),
  tax_by_rate: z
    .array(taxAtRateSchema)
    .max(FACTS_LIMITS.taxRates)
    .describe("The tax, by rate and category. Empty when the document does not break it down."),
  gross: decimal.describe("The total with tax: `tax_basis` + `tax`."),
  prepaid: decimal.describe("What has been paid already, in `currency`."),
  withheld: decimal.describe(
    "Tax on the vendor's income that the buyer keeps back and pays to the tax office (IRPF, ritenuta d'acconto, TDS), in `currency`, stated positive.",
  ),
  rounding: decimal.describe("What was added to round the amount to be paid, in `currency`."),
  due: decimal.describe("What is to be paid: `gross` − `prepaid` − `withheld` + `rounding`."),
  net_weight: measureSchema.describe("The net weight of everything."),
  gross_weight: measureSchema.describe("The gross weight of everything."),
  packages: decimal.describe("The number of packages of everything."),
  volume: measureSchema.describe("The volume of everything."),
});
export type Totals = z.infer<typeof totalsSchema>;

/** How a field is named that a tenant asks for: an ERP developer's identifier. */
export const extraFieldNameSchema = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/);

const extraFieldSchema = z.strictObject({
  name: extraFieldNameSchema.describe("The name from the tenant's configuration."),
  value: text.describe("A text, a decimal or an ISO 8601 date, as the tenant's configuration says for this name."),
});

// Identity before derived values: a model that fills the fields in order commits to the facts first.
export const extractionFactsSchema = z.strictObject({
  document_type: z.enum(DOCUMENT_TYPES).describe("What kind of document it is."),
  document_number: text.describe("The number its issuer gave it."),
  document_date: date.describe("When it was issued, ISO 8601 calendar date (`2026-11-23`)."),
  due_date: date.describe("When it is to be paid, ISO 8601 calendar date."),
  references: referencesSchema.describe("Other documents and the transport that the document refers to."),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullable()
    .describe("ISO 4217 code of all amounts."),
  payment: paymentSchema.describe("Where to pay."),
  vendor: partySchema.describe("Who sells, or who ships where nothing is sold."),
  buyer: partySchema.describe("Who buys."),
  ship_to: partySchema.describe("Who receives the goods, where the document says so."),
  carrier: partySchema.describe("Who transports the goods."),
  lines: z.array(lineSchema).max(FACTS_LIMITS.lines).describe("The items, in the document's order."),
  totals: totalsSchema.describe("What the document states for the whole of it."),
  extra: z
    .array(extraFieldSchema)
    .max(FACTS_LIMITS.extraFields)
    .describe("The fields that the tenant asked for beyond these. Empty by default and in e-invoices."),
});
export type Facts = z.infer<typeof extractionFactsSchema>;
