import type { Facts, Line, Measure, Party, Totals } from "@flowstate/contracts";

/**
 * How a value may be looked for. `list` is one text made of several that were printed apart; `any` is a text, a number or a
 * date; `type` is what a title says, `role` where a party stands, `incoterm` a rule of delivery by its letters or in words;
 * `derived` is never printed as such: it was recognised, not read.
 */
export type ValueKind =
  | "number"
  | "date"
  | "text"
  | "list"
  | "identifier"
  | "currency"
  | "country"
  | "unit"
  | "any"
  | "type"
  | "role"
  | "incoterm"
  | "derived";

export interface FactValue {
  /** JSON pointer from the extraction's root. */
  readonly path: string;
  readonly kind: ValueKind;
  readonly value: string;
  /** The index of the line it belongs to. */
  readonly line?: number;
}

type Kinds<Parent> = { readonly [Key in keyof Parent]: ValueKind | "measure" | "skip" };

const HEAD: Kinds<Omit<Facts, "lines">> = {
  document_type: "type",
  document_number: "identifier",
  document_date: "date",
  due_date: "date",
  references: "skip",
  currency: "currency",
  payment: "skip",
  vendor: "skip",
  buyer: "skip",
  ship_to: "skip",
  carrier: "skip",
  totals: "skip",
  extra: "skip",
};

const REFERENCES: Kinds<Facts["references"]> = {
  purchase_order_numbers: "identifier",
  contract_number: "identifier",
  delivery_note_number: "identifier",
  shipment_number: "identifier",
  container_numbers: "identifier",
  seal_numbers: "identifier",
  vessel: "text",
  voyage: "identifier",
  port_of_loading: "text",
  port_of_discharge: "text",
  incoterm: "incoterm",
  incoterm_place: "text",
};

const PAYMENT: Kinds<Facts["payment"]> = { iban: "identifier", bic: "identifier" };

const PARTY: Kinds<NonNullable<Party>> = {
  name: "text",
  street: "list",
  postal_code: "identifier",
  city: "text",
  country: "country",
  tax_ids: "skip",
};

const LINE: Kinds<Line> = {
  position: "identifier",
  seller_item_number: "identifier",
  buyer_item_number: "identifier",
  gtin: "identifier",
  hs_code: "identifier",
  description: "list",
  quantity: "number",
  unit: "unit",
  unit_price: "number",
  price_base_quantity: "number",
  discount_amount: "number",
  tax_rate: "number",
  amount: "number",
  net_weight: "measure",
  gross_weight: "measure",
  packages: "number",
  origin_country: "country",
  batch: "identifier",
};

const TOTALS: Kinds<Totals> = {
  net: "number",
  allowances: "number",
  charges: "number",
  tax_basis: "number",
  tax: "number",
  tax_by_rate: "skip",
  gross: "number",
  prepaid: "number",
  withheld: "number",
  rounding: "number",
  due: "number",
  net_weight: "measure",
  gross_weight: "measure",
  packages: "number",
  volume: "measure",
};

const TAX_AT_RATE: Kinds<Totals["tax_by_rate"][number]> = {
  rate: "number",
  category: "derived",
  basis: "number",
  amount: "number",
};

/** Every value that was read, in the order of the schema. */
export function factValues(facts: Facts): readonly FactValue[] {
  const { lines, totals } = facts;
  return [
    ...valuesIn(facts, HEAD, ""),
    ...valuesIn(facts.references, REFERENCES, "/references"),
    ...valuesIn(facts.payment, PAYMENT, "/payment"),
    ...roleValue(facts, "vendor"),
    ...partyValues(facts.vendor, "/vendor"),
    ...roleValue(facts, "buyer"),
    ...partyValues(facts.buyer, "/buyer"),
    ...partyValues(facts.ship_to, "/ship_to"),
    ...partyValues(facts.carrier, "/carrier"),
    ...lines.flatMap((line, index) =>
      valuesIn(line, LINE, `/lines/${index}`).map((value) => ({ ...value, line: index })),
    ),
    ...valuesIn(totals, TOTALS, "/totals"),
    ...totals.tax_by_rate.flatMap((entry, index) => valuesIn(entry, TAX_AT_RATE, `/totals/tax_by_rate/${index}`)),
    ...facts.extra.flatMap(({ value }, index) => single(value, "any", `/extra/${index}/value`)),
  ];
}

/** That this party is the vendor or the buyer, whatever it is called. */
function roleValue(facts: Facts, role: "vendor" | "buyer"): FactValue[] {
  return facts[role] === null ? [] : [{ path: `/${role}`, kind: "role", value: role }];
}

function partyValues(party: Party, path: string): FactValue[] {
  if (party === null) return [];
  const taxIds = party.tax_ids.flatMap(({ value }, index) =>
    single(value, "identifier", `${path}/tax_ids/${index}/value`),
  );
  return [...valuesIn(party, PARTY, path), ...taxIds];
}

type Field = string | null | Measure | readonly unknown[] | object;

function valuesIn<Parent extends { readonly [key: string]: Field }>(
  parent: Parent,
  kinds: Partial<Kinds<Parent>>,
  path: string,
): FactValue[] {
  return Object.entries(parent).flatMap(([key, field]) => {
    const kind = kinds[key];
    return kind === undefined || kind === "skip" ? [] : fieldValues(field, kind, `${path}/${key}`);
  });
}

function fieldValues(field: Field, kind: ValueKind | "measure", path: string): FactValue[] {
  if (typeof field === "string") return kind === "measure" ? [] : single(field, kind, path);
  if (Array.isArray(field)) return field.flatMap((item, index) => fieldValues(item, kind, `${path}/${index}`));
  if (field === null || !isMeasure(field)) return [];
  return [...single(field.value, "number", `${path}/value`), ...single(field.unit, "unit", `${path}/unit`)];
}

function single(value: string | null, kind: ValueKind, path: string): FactValue[] {
  return value === null ? [] : [{ path, kind, value }];
}

function isMeasure(field: object): field is NonNullable<Measure> {
  return "value" in field && "unit" in field;
}
