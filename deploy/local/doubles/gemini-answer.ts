import { extractionFactsSchema, type Facts } from "@flowstate/contracts";

/** One part of what a model says; its thoughts come as parts of their own. */
export interface SaidPart {
  readonly text: string;
  readonly thought?: boolean;
}

export interface Said {
  readonly noCandidates?: true;
  readonly blockReason?: string;
  readonly finishReason?: string;
  readonly parts?: readonly SaidPart[];
  readonly cutAt?: number;
  readonly facts?: unknown;
}

const PALLETS: Facts["lines"][number] = {
  position: "1",
  seller_item_number: "PAL-80",
  buyer_item_number: null,
  gtin: null,
  hs_code: null,
  description: "Euro pallet, used",
  quantity: "40",
  unit: "pcs",
  unit_price: "9.50",
  price_base_quantity: null,
  discount_amount: null,
  tax_rate: "19.00",
  amount: "380.00",
  net_weight: null,
  gross_weight: { value: "1000", unit: "kg" },
  packages: null,
  origin_country: null,
  batch: null,
};

/** What the double reads in any document when nothing else is said: a small invoice that adds up. */
export const sampleFacts: Facts = {
  document_type: "invoice",
  document_number: "INV-20931",
  document_date: "2026-11-18",
  due_date: "2026-12-18",
  references: {
    purchase_order_numbers: ["PO-7710"],
    contract_number: null,
    delivery_note_number: null,
    shipment_number: null,
    container_numbers: [],
    seal_numbers: [],
    vessel: null,
    voyage: null,
    port_of_loading: null,
    port_of_discharge: null,
    incoterm: null,
    incoterm_place: null,
  },
  currency: "EUR",
  payment: { iban: null, bic: null },
  vendor: {
    name: "Ostsee Packaging OHG",
    street: "Speicherweg 3",
    postal_code: "18055",
    city: "Rostock",
    country: "DE",
    tax_ids: [{ scheme: "vat", value: "DE260554433" }],
  },
  buyer: {
    name: "Nordkai Logistik GmbH",
    street: "Kaistraße 11",
    postal_code: "20457",
    city: "Hamburg",
    country: "DE",
    tax_ids: [],
  },
  ship_to: null,
  carrier: null,
  lines: [
    PALLETS,
    {
      ...PALLETS,
      position: "2",
      seller_item_number: null,
      description: "Delivery",
      quantity: "1",
      unit: null,
      unit_price: "45.00",
      amount: "45.00",
      gross_weight: null,
    },
  ],
  totals: {
    net: "425.00",
    allowances: null,
    charges: null,
    tax_basis: null,
    tax: "80.75",
    tax_by_rate: [{ rate: "19.00", category: null, basis: "425.00", amount: "80.75" }],
    gross: "505.75",
    prepaid: null,
    withheld: null,
    rounding: null,
    due: "505.75",
    net_weight: null,
    gross_weight: { value: "1000", unit: "kg" },
    packages: null,
    volume: null,
  },
  extra: [],
};

/** The body of a 200 from generateContent. */
export function successBody(said: Said): object {
  return {
    ...(said.noCandidates === true
      ? { ...(said.blockReason !== undefined && { promptFeedback: { blockReason: said.blockReason } }) }
      : { candidates: [candidate(said)] }),
    usageMetadata: {
      promptTokenCount: 1_290,
      candidatesTokenCount: 412,
      thoughtsTokenCount: 96,
      totalTokenCount: 1_798,
    },
    modelVersion: "gemini-2.5-flash",
    responseId: "double",
  };
}

/** The model's answer comes in two parts, as long ones do. */
function candidate(said: Said): object {
  const json = JSON.stringify(asModelSays(said.facts ?? sampleFacts)).slice(0, said.cutAt);
  const half = Math.floor(json.length / 2);
  const parts = said.parts ?? [{ text: json.slice(0, half) }, { text: json.slice(half) }];
  return { index: 0, content: { role: "model", parts }, finishReason: said.finishReason ?? "STOP" };
}

/**
 * Facts in the form the model is asked for: the tenant's fields as an object, and of a line only what is stated. What is
 * no facts is said as it is.
 */
export function asModelSays(facts: unknown): unknown {
  const parsed = extractionFactsSchema.safeParse(facts);
  if (!parsed.success) return facts;
  const { extra, lines, ...stated } = parsed.data;
  return {
    ...stated,
    lines: lines.map((line) => Object.fromEntries(Object.entries(line).filter(isSaid))),
    ...(extra.length > 0 && { extra: Object.fromEntries(extra.map(({ name, value }) => [name, value])) }),
  };
}

/** Fields that the response schema requires in every line, stated or not. */
const LINE_CORE: ReadonlySet<string> = new Set(["position", "description", "quantity", "unit", "unit_price", "amount"]);

function isSaid([field, value]: readonly [string, unknown]): boolean {
  return value !== null || LINE_CORE.has(field);
}
