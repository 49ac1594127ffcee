import type { Facts, Party, ValidationRule } from "@flowstate/contracts";
import { faulty } from "./faulty.ts";
import type { MadeDocument } from "./logistics-documents.ts";
import { placedRows, type Row } from "./placed-rows.ts";
import { factsWith, lineWith } from "./sample-facts.ts";

/** A document as it comes every day, what is told about its truth, and a mistake that a reader of it would make. */
export interface OrdinaryDocument extends MadeDocument {
  /** What is wrong with the truth; notes are in it, because an ERP reads them. */
  readonly found: readonly ValidationRule[];
  readonly mistakes: ReturnType<typeof faulty>[];
}

/** How a document is written down here: rows of cells that `|` parts, of which one that begins with `#` is printed large. */
export interface Draft {
  readonly name: string;
  readonly rows: readonly string[];
  readonly type?: Facts["document_type"];
  readonly references?: Partial<Facts["references"]>;
  readonly currency?: string | null;
  readonly vendor?: Party;
  /** Number, description, quantity, price, tax rate, amount and discount, parted by `|`. */
  readonly lines: readonly string[];
  readonly totals?: Partial<Facts["totals"]>;
  readonly found?: readonly ValidationRule[];
  readonly mistakes: Readonly<Record<string, (facts: Facts) => void>>;
}

const COLUMNS = [50, 110, 300, 360, 420, 480];
const LARGE = 16;
const NUMBER = "OL-2026-3301";

const VENDOR: Party = {
  name: "Ostsee Lager AG",
  street: "Hafenstr. 12",
  postal_code: "24103",
  city: "Kiel",
  country: "DE",
  tax_ids: [],
};

/** The document, with its vendor, its number and its date over the rows. */
export function ordinaryDocument(draft: Draft): OrdinaryDocument {
  const { name, rows, found = [], mistakes } = draft;
  const head = ["Ostsee Lager AG, Hafenstr. 12, 24103 Kiel", "", `${NUMBER}|09.11.2026`, ""];
  const truth = truthOf(draft);
  return {
    name,
    pdf: placedRows([rows[0] ?? "", ...head, ...rows.slice(1)].map(cellsOf)),
    truth,
    found,
    mistakes: Object.entries(mistakes).map(([what, change]) => faulty(what, truth, change)),
  };
}

function cellsOf(row: string): Row {
  return row.split("|").flatMap((cell, column) => {
    const text = cell.trim();
    const x = COLUMNS[column] ?? 0;
    if (text === "") return [];
    return [text.startsWith("#") ? ([x, text.slice(1).trim(), LARGE] as const) : ([x, text] as const)];
  });
}

function truthOf({ type = "invoice", references, currency = "EUR", vendor = VENDOR, lines, totals }: Draft): Facts {
  const bare = factsWith({});
  return factsWith({
    document_type: type,
    document_number: NUMBER,
    document_date: "2026-11-09",
    references: { ...bare.references, ...references },
    currency,
    vendor,
    lines: lines.map(lineOf),
    totals: { ...bare.totals, ...totals },
  });
}

function lineOf(line: string): Facts["lines"][number] {
  const [item, description, quantity, price, rate, amount, discount] = line
    .split("|")
    .map((cell) => cell.trim() || null);
  return lineWith({
    seller_item_number: item ?? null,
    description: description ?? null,
    quantity: quantity ?? null,
    unit_price: price ?? null,
    tax_rate: rate ?? null,
    amount: amount ?? null,
    discount_amount: discount ?? null,
  });
}

/** Gives totals other values. */
export function totals(change: Partial<Facts["totals"]>): (facts: Facts) => void {
  return (facts) => Object.assign(facts.totals, change);
}

/** Gives the line at this index other values. */
export function line(index: number, change: Partial<Facts["lines"][number]>): (facts: Facts) => void {
  return (facts) => Object.assign(facts.lines[index] ?? {}, change);
}

/** Adds a line, written as in a draft. */
export function addLine(added: string): (facts: Facts) => void {
  return ({ lines }) => lines.push(lineOf(added));
}

/** Takes the document for one of another type. */
export function taken(type: Facts["document_type"]): (facts: Facts) => void {
  return (facts) => {
    facts.document_type = type;
  };
}

export function dropLine(index: number): (facts: Facts) => void {
  return ({ lines }) => lines.splice(index, 1);
}

/** One entry of `tax_by_rate`. */
export function taxAt(rate: string, basis: string | null, amount: string): Facts["totals"]["tax_by_rate"][number] {
  return { rate, category: null, basis, amount };
}
