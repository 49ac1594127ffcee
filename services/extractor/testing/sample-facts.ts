import type { Facts } from "@flowstate/contracts";

type Line = Facts["lines"][number];

/** A line that states nothing but what it is given. */
export function lineWith(stated: Partial<Line>): Line {
  return {
    position: null,
    seller_item_number: null,
    buyer_item_number: null,
    gtin: null,
    hs_code: null,
    description: null,
    quantity: null,
    unit: null,
    unit_price: null,
    price_base_quantity: null,
    discount_amount: null,
    tax_rate: null,
    amount: null,
    net_weight: null,
    gross_weight: null,
    packages: null,
    origin_country: null,
    batch: null,
    ...stated,
  };
}

/** Facts that state nothing but what they are given. */
export function factsWith(stated: Partial<Facts>): Facts {
  return {
    document_type: "invoice",
    document_number: null,
    document_date: null,
    due_date: null,
    references: {
      purchase_order_numbers: [],
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
    currency: null,
    payment: { iban: null, bic: null },
    vendor: null,
    buyer: null,
    ship_to: null,
    carrier: null,
    lines: [],
    totals: {
      net: null,
      allowances: null,
      charges: null,
      tax_basis: null,
      tax: null,
      tax_by_rate: [],
      gross: null,
      prepaid: null,
      withheld: null,
      rounding: null,
      due: null,
      net_weight: null,
      gross_weight: null,
      packages: null,
      volume: null,
    },
    extra: [],
    ...stated,
  };
}

/** An invoice that states something everywhere the rules look, and is right everywhere. A new object each time. */
export function invoiceFacts(change: (facts: Facts) => void = () => {}): Facts {
  const bare = factsWith({});
  const facts = factsWith({
    document_number: "LX-2026-0815",
    document_date: "2026-11-20",
    due_date: "2026-12-20",
    references: { ...bare.references, container_numbers: ["CSQU3054383", "MSCU 639871-0"] },
    currency: "EUR",
    payment: { iban: "DE89 3704 0044 0532 0130 00", bic: "COBADEFFXXX" },
    vendor: {
      name: "Lindholm & Krogh A/S",
      street: "Havnegade 12",
      postal_code: "5000",
      city: "Odense",
      country: "DK",
      tax_ids: [{ scheme: "vat", value: "DK12345678" }],
    },
    buyer: {
      name: "Weserwerk Machine Tools AG",
      street: "Hafenrandstr. 7",
      postal_code: "28217",
      city: "Bremen",
      country: "DE",
      tax_ids: [
        { scheme: "vat", value: "129876543" },
        { scheme: "tax_number", value: "60/123/45678" },
      ],
    },
    lines: [
      lineWith({
        position: "1",
        gtin: "4006381333931",
        description: "Hex bolts",
        quantity: "250",
        unit: "C62",
        unit_price: "12.48",
        price_base_quantity: "100",
        discount_amount: "1.20",
        tax_rate: "19",
        amount: "30.00",
        net_weight: { value: "12.5", unit: "KGM" },
        gross_weight: { value: "13.1", unit: "KGM" },
        packages: "2",
      }),
      lineWith({
        position: "2",
        gtin: "96385074",
        description: "Machine oil",
        quantity: "3.5",
        unit: "LTR",
        unit_price: "8.37",
        tax_rate: "19.00",
        amount: "29.30",
        net_weight: { value: "3250", unit: "GRM" },
        gross_weight: { value: "4", unit: "kg" },
        packages: "1",
      }),
      lineWith({
        position: "3",
        description: "Handbook",
        quantity: "1",
        unit_price: "20.00",
        tax_rate: "7",
        amount: "20.00",
        net_weight: { value: "0.75", unit: "KGM" },
        gross_weight: { value: "0.9", unit: "KGM" },
        packages: "1",
      }),
    ],
    totals: {
      net: "79.30",
      allowances: "5.00",
      charges: "10.70",
      tax_basis: "85.00",
      tax: "13.75",
      tax_by_rate: [
        { rate: "19", category: "S", basis: "65.00", amount: "12.35" },
        { rate: "7", category: "S", basis: "20.00", amount: "1.40" },
      ],
      gross: "98.75",
      prepaid: "50.00",
      withheld: null,
      rounding: "0.25",
      due: "49.00",
      net_weight: { value: "16.5", unit: "KGM" },
      gross_weight: { value: "18.0", unit: "KGM" },
      packages: "4",
      volume: { value: "0.2", unit: "MTQ" },
    },
  });
  change(facts);
  return facts;
}
