import type { Extraction } from "@flowstate/contracts";

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
  readonly extraction?: unknown;
}

/** What the double reads in any document when nothing else is said: a small invoice that adds up. */
export const sampleExtraction: Extraction = {
  schema_version: "1.0",
  document_type: "invoice",
  document_number: "INV-20931",
  document_date: "2026-11-18",
  purchase_order_number: "PO-7710",
  currency: "EUR",
  vendor: {
    name: "Ostsee Packaging OHG",
    street: "Speicherweg 3",
    postal_code: "18055",
    city: "Rostock",
    country: "DE",
    tax_id: "DE260554433",
  },
  buyer: null,
  lines: [
    {
      position: "1",
      item_number: "PAL-80",
      description: "Euro pallet, used",
      quantity: "40",
      unit: "pcs",
      unit_price: "9.50",
      amount: "380.00",
      weight: { value: "1000", unit: "kg" },
    },
    {
      position: "2",
      item_number: null,
      description: "Delivery",
      quantity: "1",
      unit: null,
      unit_price: "45.00",
      amount: "45.00",
      weight: null,
    },
  ],
  totals: {
    net: "425.00",
    tax: "80.75",
    gross: "505.75",
    due: "505.75",
    net_weight: null,
    gross_weight: { value: "1000", unit: "kg" },
  },
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
  const json = JSON.stringify(withoutVersion(said.extraction ?? sampleExtraction)).slice(0, said.cutAt);
  const half = Math.floor(json.length / 2);
  const parts = said.parts ?? [{ text: json.slice(0, half) }, { text: json.slice(half) }];
  return { index: 0, content: { role: "model", parts }, finishReason: said.finishReason ?? "STOP" };
}

/** The version is not the model's to state. */
function withoutVersion(extraction: unknown): unknown {
  if (typeof extraction !== "object" || extraction === null) return extraction;
  return Object.fromEntries(Object.entries(extraction).filter(([field]) => field !== "schema_version"));
}
