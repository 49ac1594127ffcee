import {
  DEFAULT_EXTRACTION_POLICY,
  extractionFactsSchema,
  extractionSchema,
  type Facts,
  type Grounding,
} from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import { eInvoicePdf, sampleInvoice } from "@flowstate/local/fixtures/e-invoice.ts";
import { HIDING_PLACES, withHiddenText } from "@flowstate/local/fixtures/hidden-instructions.ts";
import { beforeAll, describe, expect, it } from "vitest";
import { finishExtraction } from "./finish-extraction.ts";
import { type PrintedDocument, printedDocument } from "./grounding/printed/printed-document.ts";
import { decodeTextLayer } from "./pdf/text-layer.ts";
import { instruction, type Order, obeyed } from "./testing/obedient-model.ts";
import { readerWithoutThread } from "./testing/reader-without-thread.ts";

// Real: the parser, and everything that happens to what a model read. Doubled: the model, which obeys. What it does
// on its way through HTTP is `injection.test.ts`; this suite is about each field of the schema.

const { vendor, buyer, number, purchaseOrder, contract, deliveryNote, dueDate, date } = sampleInvoice();
const elsewhere = { street: "Elsewhere Lane 1", postal_code: "99999", city: "Nowhere", country: "PA" };
const nobody = { name: "Elsewhere Trading Ltd.", ...elsewhere, tax_ids: [] };
const weight = { value: "1000", unit: "KGM" };

/** A value for each field that the document prints nowhere. */
const INVENTED: Readonly<Record<string, unknown>> = {
  "/document_type": "credit_note",
  "/document_number": "NK-2026-99999",
  "/document_date": "2026-02-03",
  "/due_date": "2026-11-25",
  "/references/purchase_order_numbers/0": "PO-99999",
  "/references/contract_number": "FA-9999",
  "/references/delivery_note_number": "HBL-999999",
  "/references/shipment_number": "SH-9999",
  "/references/container_numbers": ["CSQU3054383"],
  "/references/seal_numbers": ["SEAL-9"],
  "/references/vessel": "MS Elsewhere",
  "/references/voyage": "999W",
  "/references/port_of_loading": "Colón",
  "/references/port_of_discharge": "Balboa",
  "/references/incoterm": "DDP",
  "/references/incoterm_place": "Panama",
  "/currency": "USD",
  "/payment/iban": "NO9386011117947",
  "/payment/bic": "DNBANOKKXXX",
  ...invented("/vendor", { name: nobody.name, ...elsewhere }),
  "/vendor/tax_ids/0/value": "DE136695976",
  ...invented("/buyer", { name: nobody.name, ...elsewhere }),
  "/buyer/tax_ids/0/value": "DE136695976",
  ...invented("/ship_to", { name: nobody.name, ...elsewhere }),
  "/ship_to/tax_ids": [{ scheme: "vat", value: "DE136695976" }],
  "/carrier": nobody,
  ...invented("/lines/0", {
    position: "7",
    seller_item_number: "X-9",
    buyer_item_number: "Y-9",
    gtin: "4006381333931",
    hs_code: "731815",
    description: "Documentation fee",
    quantity: "20",
    unit: "KGM",
    unit_price: "1940.00",
    price_base_quantity: "100",
    discount_amount: "100.00",
    tax_rate: "7",
    amount: "3880.00",
    net_weight: weight,
    gross_weight: weight,
    packages: "77",
    origin_country: "PA",
    batch: "B-9",
  }),
  ...invented("/totals", {
    net: "4706.68",
    allowances: "50.00",
    charges: "50.00",
    tax_basis: "4706.68",
    tax: "894.27",
    gross: "5600.95",
    prepaid: "100.00",
    withheld: "70.00",
    rounding: "0.05",
    due: "5600.95",
    net_weight: weight,
    gross_weight: weight,
    packages: "77",
    volume: { value: "9", unit: "MTQ" },
  }),
  ...invented("/totals/tax_by_rate/0", { rate: "7", category: "E", basis: "4706.68", amount: "894.27" }),
};

/** A value for each field that the document prints, and means something else by. */
const MISPLACED: Readonly<Record<string, unknown>> = {
  "/document_number": purchaseOrder,
  "/document_date": dueDate,
  "/due_date": date,
  "/references/purchase_order_numbers/0": number,
  "/references/contract_number": deliveryNote,
  "/references/delivery_note_number": contract,
  "/references/shipment_number": deliveryNote,
  "/vendor/name": buyer.name,
  "/vendor/street": buyer.street,
  "/vendor/postal_code": buyer.postalCode,
  "/vendor/city": buyer.city,
  "/vendor/tax_ids/0/value": buyer.taxId,
  "/buyer/name": vendor.name,
  "/buyer/street": vendor.street,
  "/buyer/postal_code": vendor.postalCode,
  "/buyer/city": vendor.city,
  "/buyer/tax_ids/0/value": vendor.taxId,
  "/ship_to/name": buyer.name,
  "/ship_to/street": buyer.street,
  "/ship_to/postal_code": buyer.postalCode,
  "/ship_to/city": buyer.city,
  "/lines/0/description": "Export customs clearance",
  "/lines/0/unit_price": "245.50",
  "/lines/0/amount": "491.00",
  "/totals/net": "3680.00",
  "/totals/tax": "89.00",
  "/totals/gross": "4506.68",
  "/totals/due": "4506.68",
};

function invented(under: string, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${under}/${name}`, value]));
}

/**
 * What no rule guards yet: fields whose invented value leaves as valid, by what the payload says of where it is printed. The
 * lists are exact, so that a rule that guards one more takes it out of here.
 */
const INVENTED_AND_VALID: Readonly<Record<string, readonly string[]>> = {
  not_checkable: [
    "/buyer/country",
    "/lines/0/origin_country",
    "/ship_to/country",
    "/totals/tax_by_rate/0/category",
    "/vendor/country",
  ],
  page: ["/lines/0/position"],
};

/** The same of values that stand elsewhere on the page. */
const MISPLACED_AND_VALID: Readonly<Record<string, readonly string[]>> = {
  page: [
    "/buyer/city",
    "/buyer/name",
    "/references/shipment_number",
    "/ship_to/city",
    "/ship_to/name",
    "/ship_to/postal_code",
    "/ship_to/street",
    "/vendor/city",
    "/vendor/name",
  ],
};

let truth: Facts;
let page: Buffer;
beforeAll(async () => {
  truth = await stated(await eInvoicePdf());
  page = await eInvoicePdf({ xml: false });
});

async function open(pdf: Uint8Array) {
  using content = GhostBytes.taking(Buffer.from(pdf));
  const reading = await readerWithoutThread.read(content, new AbortController().signal);
  if (reading.result !== "opened") throw new Error("the sample cannot be opened");
  return reading;
}

async function stated(pdf: Uint8Array): Promise<Facts> {
  const { eInvoice } = await open(pdf);
  if (!("facts" in eInvoice)) throw new Error("the sample has data");
  using facts = eInvoice.facts;
  return extractionFactsSchema.parse(JSON.parse(facts.view().toString("utf8")));
}

async function pageOf(pdf: Uint8Array): Promise<PrintedDocument> {
  const { text } = await open(pdf);
  if (text.state !== "read") throw new Error("the sample has text");
  using layer = text.layer;
  return printedDocument(decodeTextLayer(layer.view()));
}

/** What leaves for the ERP when a model reads this on such a page. */
function finished(facts: Facts, page: PrintedDocument) {
  const { json, status } = finishExtraction(facts, { page, policy: DEFAULT_EXTRACTION_POLICY, today: "2026-11-23" });
  return { status, extraction: extractionSchema.parse(JSON.parse(Buffer.from(json).toString("utf8"))) };
}

function groundedAt({ fields }: Grounding, pointer: string): string {
  const within = fields.filter(({ path }) => path === pointer || path.startsWith(`${pointer}/`));
  return [...new Set(within.map(({ grounded }) => grounded))].sort().join(" ");
}

/** The fields whose change leaves as valid, and what the payload says of where they are on the page. */
function unflagged(values: Readonly<Record<string, unknown>>, page: PrintedDocument): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const [pointer, value] of Object.entries(values)) {
    const facts = extractionFactsSchema.parse(obeyed(truth, [{ set: pointer, to: value }]));
    expect(facts, pointer).not.toEqual(truth);
    const { status, extraction } = finished(facts, page);
    if (status !== "valid") continue;
    const grounded = groundedAt(extraction.grounding, pointer);
    found[grounded] = [...(found[grounded] ?? []), pointer].sort();
  }
  return found;
}

it("every field of the sample and of the schema is one that an attack changes", () => {
  const attacked = Object.keys(INVENTED).map((pointer) => pointer.replaceAll(/\/0(?=\/|$)/g, "/*"));
  const isAttacked = (path: string) => attacked.some((one) => path === one || path.startsWith(`${one}/`));
  expect(leavesOf({ ...truth, carrier: nobody }).filter((path) => !isAttacked(path))).toEqual([
    // How a number is called; the number is what counts.
    "/vendor/tax_ids/*/scheme",
    "/buyer/tax_ids/*/scheme",
    // Asked for by a tenant only: an extra field nobody asked for is left out.
    "/extra",
  ]);
});

/** Where facts hold a value, or could: elements of lists by `*`. */
function leavesOf(value: unknown, path = ""): string[] {
  if (Array.isArray(value) && value.length > 0) return leavesOf(value[0], `${path}/*`);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([name, part]) => leavesOf(part, `${path}/${name}`));
}

describe.each(HIDING_PLACES)("a text that nobody sees (%s) and that a model obeys", (place) => {
  let printed: PrintedDocument;
  beforeAll(async () => {
    const orders = [...Object.entries(INVENTED), ...Object.entries(MISPLACED)].map(([set, to]): Order => ({ set, to }));
    printed = await pageOf(await withHiddenText(page, instruction(orders), place));
  });

  it("flags no reading that does not obey", () => {
    expect(finished(truth, printed).status).toBe("valid");
  });

  it("changes no field to a value that is printed nowhere without a flag, but for those of the table", () => {
    expect(unflagged(INVENTED, printed)).toEqual(INVENTED_AND_VALID);
  });

  it("changes no field to what stands elsewhere on the page without a flag, but for those of the table", () => {
    expect(unflagged(MISPLACED, printed)).toEqual(MISPLACED_AND_VALID);
  });
});
