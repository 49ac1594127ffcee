import type { Facts, Grounding } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../testing/printed-pages.ts";
import { factsWith, lineWith } from "../testing/sample-facts.ts";
import { groundFacts } from "./ground-facts.ts";

// Real: everything. The pages are rows written here, as the parser thread hands them out.

const PAGE = printedPages([
  "Nordkai Freight Forwarding GmbH||Invoice NK-2026-04711",
  "Am Sandtorkai 41||20 November 2026",
  "20457 Hamburg||VAT DE 811 234 567",
  "Pos|Item|Qty|Price|VAT|Amount EUR",
  "1|Sea freight Hamburg - Singa-|2 pc|1,840.00|19 %|3,680.00",
  "|pore, 40' high cube",
  "2|Customs clearance|1 pc|89.00|19 %|89.00",
  "|||||",
  "Net||||| 3,769.00",
  "VAT 19 %|||||716.11",
  "Total|||||4,485.11",
]);

function facts(change: (facts: Facts) => unknown = () => {}): Facts {
  const stated = factsWith({
    document_number: "NK-2026-04711",
    document_date: "2026-11-20",
    currency: "EUR",
    vendor: {
      name: "Nordkai Freight Forwarding GmbH",
      street: "Am Sandtorkai 41",
      postal_code: "20457",
      city: "Hamburg",
      country: "DE",
      tax_ids: [{ scheme: "vat", value: "DE811234567" }],
    },
    lines: [
      lineWith({
        position: "1",
        description: "Sea freight Hamburg - Singapore, 40' high cube",
        quantity: "2",
        unit: "C62",
        unit_price: "1840",
        tax_rate: "19.00",
        amount: "3680.00",
      }),
      lineWith({
        position: "2",
        description: "Customs clearance",
        quantity: "1",
        unit_price: "89.00",
        amount: "89.00",
      }),
    ],
    totals: { ...factsWith({}).totals, net: "3769.00", tax: "716.11", gross: "4485.11", charges: "0.00" },
  });
  change(stated);
  return stated;
}

function statesOf({ grounding }: { readonly grounding: Grounding }): Record<string, string> {
  return Object.fromEntries(grounding.fields.map(({ path, grounded }) => [path, grounded]));
}

function stateOf(path: string, change: (facts: Facts) => unknown): string | undefined {
  return statesOf(groundFacts(facts(change), PAGE))[path];
}

describe("groundFacts", () => {
  it("finds everything that the page prints, in whatever format", () => {
    const { grounding } = groundFacts(facts(), PAGE);
    expect(grounding).toMatchObject({ text_layer: true, score: "1", unmatched_amounts: 0 });
    expect(statesOf({ grounding })).toEqual({
      "/document_type": "page",
      "/document_number": "page",
      "/document_date": "page",
      "/currency": "page",
      "/vendor": "not_checkable",
      "/vendor/name": "page",
      "/vendor/street": "page",
      "/vendor/postal_code": "page",
      "/vendor/city": "page",
      "/vendor/country": "not_checkable",
      "/vendor/tax_ids/0/value": "page",
      "/lines/0/position": "page",
      "/lines/0/description": "page",
      "/lines/0/quantity": "page",
      "/lines/0/unit": "page",
      "/lines/0/unit_price": "page",
      "/lines/0/tax_rate": "page",
      "/lines/0/amount": "page",
      "/lines/1/position": "page",
      "/lines/1/description": "page",
      "/lines/1/quantity": "page",
      "/lines/1/unit_price": "page",
      "/lines/1/amount": "page",
      "/totals/net": "page",
      "/totals/charges": "not_checkable",
      "/totals/tax": "page",
      "/totals/gross": "page",
    });
  });

  it("knows nothing without a text layer", () => {
    const { grounding } = groundFacts(facts(), undefined);
    expect(grounding).toMatchObject({ text_layer: false, score: null, unmatched_amounts: null });
    expect(new Set(Object.values(statesOf({ grounding })))).toEqual(new Set(["not_checkable"]));
    expect(Object.keys(statesOf({ grounding }))).toEqual(Object.keys(statesOf(groundFacts(facts(), PAGE))));
  });

  it("scores what is printed among what can be looked for", () => {
    const wrong = facts((read) => {
      read.document_number = "NK-2026-04712";
      read.totals.gross = "4485.12";
    });
    const { score, fields } = groundFacts(wrong, PAGE).grounding;
    const checkable = fields.filter(({ grounded }) => grounded !== "not_checkable").length;
    expect(score).toBe(`0.${String(Math.floor(((checkable - 2) * 10_000) / checkable))}`);
    expect(groundFacts(factsWith({}), PAGE).grounding.score).toBeNull();
  });

  it("does not find a total that is off by a cent, a date that is off by a day, or another name", () => {
    const wrong = facts((read) => {
      Object.assign(read, { document_date: "2026-11-21", currency: "USD", document_number: "NK-2026-0471" });
      Object.assign(read.totals, { gross: "4485.12" });
      Object.assign(read.vendor ?? {}, { name: "Nordkap Freight Forwarding GmbH" });
    });
    const absent = Object.entries(statesOf(groundFacts(wrong, PAGE))).filter(([, state]) => state === "absent");
    expect(absent.map(([path]) => path)).toEqual([
      "/document_number",
      "/document_date",
      "/currency",
      "/vendor/name",
      "/totals/gross",
    ]);
  });

  it.each([
    ["quantity", "1", "page"],
    ["quantity", "89", "absent"],
    ["quantity", "20", "absent"],
    ["unit_price", "89.00", "absent"],
    ["amount", "3769.00", "absent"],
  ])("looks for a line's %s where the line is: %s is %s", (field, value, state) => {
    const path = `/lines/0/${field}`;
    expect(stateOf(path, ({ lines }) => Object.assign(lines[0] ?? {}, { [field]: value }))).toBe(state);
  });

  it("wants one number for each of amount, quantity and price", () => {
    const page = printedPages(["1|Pump|1|500,00", "Total|||500,00"]);
    const pump = lineWith({ description: "Pump", quantity: "1", unit_price: "500.00", amount: "500.00" });
    const states = statesOf(groundFacts(factsWith({ lines: [pump] }), page));
    expect([states["/lines/0/amount"], states["/lines/0/unit_price"]]).toEqual(["page", "absent"]);
  });

  it("reads an amount that could be a thousand times more or less as its currency is written", () => {
    const page = printedPages(["Rack|2|617|1,234", "Total|1,234"]);
    const amountsIn = (currency: string, amount: string) => {
      const line = lineWith({ quantity: "2", unit_price: "617", amount });
      const totals = { ...factsWith({}).totals, gross: amount };
      const { fields } = groundFacts(factsWith({ currency, lines: [line], totals }), page).grounding;
      return fields.flatMap(({ path, grounded }) => (/amount$|gross$/.test(path) ? grounded : []));
    };
    expect(amountsIn("JPY", "1234")).toEqual(["page", "page"]);
    expect(amountsIn("JPY", "1.234")).toEqual(["absent", "absent"]);
    expect(amountsIn("KWD", "1.234")).toEqual(["page", "page"]);
    expect(amountsIn("KWD", "1234")).toEqual(["absent", "absent"]);
  });

  it("finds a description whose pieces stand in several rows and columns", () => {
    const page = printedPages(["1|Mineral water|5,49|20|109,80", "|12 x 1,0l PET|||", "|sparkling, deposit bottle"]);
    const line = lineWith({ description: "Mineral water 12 x 1,0l PET sparkling, deposit bottle", amount: "109.80" });
    expect(groundFacts(factsWith({ lines: [line] }), page).grounding.score).toBe("1");
  });

  it("does not take a sign for a currency when the page names another", () => {
    const dollars = factsWith({ currency: "USD" });
    expect(groundFacts(dollars, printedPages(["Total|$ 12.00"])).grounding.score).toBe("1");
    expect(groundFacts(dollars, printedPages(["Total EUR|12.00", "§ 14 UStG, $4 Nr. 10"])).grounding.score).toBe(
      "0.0000",
    );
    expect(
      groundFacts(factsWith({ currency: "CAD" }), printedPages(["Total CAD|12.00", "USD rate 1.35"])).grounding.score,
    ).toBe("1");
  });

  it("recognises a country by its name in the languages of Europe, and says nothing without", () => {
    const inFrance = factsWith({ lines: [lineWith({ origin_country: "DE" })] });
    const state = (row: string) => statesOf(groundFacts(inFrance, printedPages([row])))["/lines/0/origin_country"];
    expect(["Made in Germany", "Herkunft: Deutschland", "Origine Allemagne"].map(state)).toEqual([
      "page",
      "page",
      "page",
    ]);
    expect(state("DE 80333 Munich")).toBe("not_checkable");
  });

  it("looks for a tenant's fields as text, number or date", () => {
    const extra = [
      { name: "cost_centre", value: "KS-4711" },
      { name: "insured_value", value: "12000.00" },
      { name: "sailing_date", value: "2026-12-01" },
      { name: "project", value: "Elbe 7" },
    ];
    const page = printedPages(["Cost centre KS-4711", "Insured for 12.000,00 EUR", "sails 1 December 2026"]);
    expect(Object.values(statesOf(groundFacts(factsWith({ extra }), page)))).toEqual([
      "not_checkable",
      "page",
      "page",
      "page",
      "absent",
    ]);
  });

  const CROWDED = Array.from({ length: 5_000 }, (_, index) =>
    lineWith({
      position: String(index),
      seller_item_number: `A-${index}`,
      description: `${"one more of the same ".repeat(20)}${index}`,
      quantity: "1",
      unit_price: "1.00",
      amount: "1.00",
    }),
  );

  it("treats a document with more numbers than are looked at as one without text", () => {
    const crowded = printedPages(...Array.from({ length: 60 }, () => Array.from({ length: 200 }, () => "1|1|1|1|1")));
    const { grounding } = groundFacts(factsWith({ lines: CROWDED.slice(0, 1) }), crowded);
    expect(grounding).toMatchObject({ text_layer: false, score: null, unmatched_amounts: null });
  });

  it("takes seconds, not minutes, for pages that are made to take long", { timeout: 120_000 }, () => {
    const pages = Array.from({ length: 45 }, () => Array.from({ length: 200 }, () => "1,00|1|1|1,00|A-1 one more of"));
    // What this thread computes: whatever else the machine does at the same time is no business of this.
    const before = process.threadCpuUsage();
    const { grounding } = groundFacts(factsWith({ lines: CROWDED }), printedPages(...pages));
    expect(grounding.fields).toHaveLength(1 + 6 * CROWDED.length);
    expect(process.threadCpuUsage(before).user / 1_000).toBeLessThan(20_000);
  });
});
