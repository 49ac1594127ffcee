import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith, lineWith } from "../../testing/sample-facts.ts";
import { groundFacts } from "../ground-facts.ts";

// Real: everything. What counts here are printed numbers that nothing was read from.

const NO_TOTALS = factsWith({}).totals;

function line(description: string, quantity: string, unitPrice: string, amount: string): Facts["lines"][number] {
  return lineWith({ description, quantity, unit_price: unitPrice, amount, tax_rate: "19" });
}

const LINES = [
  line("Pallets", "20", "9.90", "198.00"),
  line("Straps", "50", "5.50", "275.00"),
  line("Film", "3", "4.00", "12.00"),
];
const PRINTED = ["Pallets|20|9,90|198,00", "Straps|50|5,50|275,00", "Film|3|4,00|12,00"];

function unmatched(rows: readonly string[], stated: Partial<Facts> = {}): number | null {
  return groundFacts(factsWith({ currency: "EUR", lines: LINES, ...stated }), printedPages(rows)).grounding
    .unmatched_amounts;
}

describe("unmatched amounts", () => {
  it("are none when every line was read", () => {
    expect(unmatched(PRINTED)).toBe(0);
  });

  it.each([0, 1, 2])("show a line that was not read, wherever it is (%i)", (missing) => {
    expect(unmatched(PRINTED, { lines: LINES.toSpliced(missing, 1) })).toBe(1);
  });

  it("show lines on another page", () => {
    const pages = printedPages(PRINTED, ["Hooks|2|7,00|14,00", "Nets|1|33,00|33,00"]);
    expect(groundFacts(factsWith({ lines: LINES }), pages).grounding.unmatched_amounts).toBe(2);
  });

  it("show what was merged", () => {
    const [pallets, straps, film] = LINES;
    if (pallets === undefined || straps === undefined || film === undefined) throw new Error("three lines");
    const merged = { ...pallets, amount: "473.00" };
    expect(
      unmatched([...PRINTED, "Hooks|4|5,00|20,00"], { lines: [merged, film, line("Hooks", "4", "5", "20")] }),
    ).toBe(2);
  });

  it.each([
    [
      "totals that were read",
      ["Net|||485,00", "VAT|||92,15", "Total|||577,15"],
      { totals: { ...NO_TOTALS, tax: "92.15", gross: "577.15" } },
    ],
    ["sums carried forward", ["carried forward|||473,00"], {}],
    ["sums of a group", ["Straps and film|||287,00"], {}],
    ["lines with their tax", ["Pallets incl. VAT|||235,62"], {}],
    ["the tax of a line", ["VAT on film|||2,28"], {}],
    ["the sums by rate", ["incl. 19 % VAT|||577,15"], {}],
    [
      "what a line would cost without its discount",
      ["before discount|||300,00"],
      { lines: [...LINES, { ...line("Nets", "30", "10.00", "280.00"), discount_amount: "20.00" }] },
    ],
    [
      "what is left after allowances",
      ["after allowances|||475,00"],
      { totals: { ...NO_TOTALS, net: "485.00", allowances: "10.00" } },
    ],
    [
      "allowances one by one",
      ["Loyalty|||-7,00", "Opening|||-3,00"],
      { totals: { ...NO_TOTALS, allowances: "10.00" } },
    ],
    [
      "what is left after prepayment",
      ["to pay|||85,00"],
      { totals: { ...NO_TOTALS, gross: "485.00", prepaid: "400.00" } },
    ],
    [
      "a discount for paying early",
      ["2 % discount|||9,70", "if paid by May|||475,30"],
      { totals: { ...NO_TOTALS, gross: "485.00" } },
    ],
    ["percentages", ["Share|||19,00 %"], {}],
    ["whole numbers", ["Pages|||4"], {}],
    ["amounts in another column", ["list price|88,00", "ex works||77,00"], {}],
  ])("are not %s", (_what, more, stated) => {
    expect(
      unmatched([...PRINTED.slice(0, 3), ...("lines" in stated ? ["Nets|30|10,00|280,00"] : []), ...more], stated),
    ).toBe(0);
  });

  it("are counted by quantity where lines have no amounts, between the first and the last line of a page", () => {
    const packed = [
      lineWith({ description: "Pallets", quantity: "20" }),
      lineWith({ description: "Film", quantity: "35" }),
    ];
    const rows = ["Date|7", "Pallets|20", "Straps|50", "Film|35", "Page|1"];
    expect(unmatched(rows, { lines: packed })).toBe(1);
    expect(unmatched(rows.toSpliced(2, 1), { lines: packed })).toBe(0);
  });

  it("are not the batches of a line", () => {
    const packed = [lineWith({ quantity: "100" }), lineWith({ quantity: "35" })];
    expect(unmatched(["Bolts|100", "batch A|60", "batch B|40", "Nuts|35"], { lines: packed })).toBe(0);
  });

  it("are all that the totals do not explain where no column is the lines'", () => {
    const totals = { ...NO_TOTALS, net: "485.00", tax: "92.15", gross: "577.15" };
    const page = [...PRINTED, "Net|||485,00", "VAT|||92,15", "Total|||577,15"];
    expect(unmatched(page, { lines: [], totals })).toBe(3);
    expect(unmatched(page, { lines: [lineWith({ description: "Goods" })], totals })).toBe(3);
    expect(unmatched(page, { lines: [line("Other", "1", "77", "77.77")], totals })).toBe(3);
    expect(unmatched(page.slice(3), { lines: [], totals })).toBe(0);
  });

  it("are not known where no column is the lines' and nothing is billed", () => {
    expect(unmatched(PRINTED, { document_type: "packing_list", lines: [] })).toBeNull();
  });
});
