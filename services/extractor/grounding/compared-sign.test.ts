import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../testing/printed-pages.ts";
import { factsWith, lineWith } from "../testing/sample-facts.ts";
import { groundFacts } from "./ground-facts.ts";

// Real: grounding. The pages are rows written here, as the parser thread hands them out.

const bare = factsWith({}).totals;

function absentIn(facts: Facts, ...rows: readonly string[]): string[] {
  return groundFacts(facts, printedPages(rows)).grounding.fields.flatMap(({ path, grounded }) =>
    grounded === "absent" ? path : [],
  );
}

function invoice(sign: "" | "-"): Facts {
  return factsWith({
    lines: [
      lineWith({ quantity: `${sign}2`, unit_price: "30.00", amount: `${sign}60.00` }),
      lineWith({ quantity: `${sign}1`, unit_price: "40.00", amount: `${sign}40.00` }),
    ],
    totals: {
      ...bare,
      net: `${sign}100.00`,
      tax: `${sign}19.00`,
      tax_by_rate: [{ rate: "19", category: null, basis: `${sign}100.00`, amount: `${sign}19.00` }],
      gross: `${sign}119.00`,
      due: `${sign}119.00`,
    },
  });
}

const BILL = ["2|30.00|60.00", "1|40.00|40.00", "Net||100.00", "VAT 19 %|100.00|19.00", "Total||119.00"];
const CORRECTION = ["-2|30.00|-60.00", "-1|40.00|-40.00", "Net||-100.00", "VAT 19 %|-100.00|-19.00", "Total||119.00-"];
const AMOUNTS = [
  "/lines/0/amount",
  "/lines/1/amount",
  "/totals/net",
  "/totals/tax",
  "/totals/gross",
  "/totals/due",
  "/totals/tax_by_rate/0/basis",
  "/totals/tax_by_rate/0/amount",
];

describe("the sign of what was read", () => {
  it("is that of the page", () => {
    expect(absentIn(invoice(""), ...BILL)).toEqual([]);
    expect(absentIn(invoice("-"), ...CORRECTION)).toEqual([]);
  });

  it("is missing from a page that prints the other, in everything that is booked", () => {
    expect(absentIn(invoice("-"), ...BILL)).toEqual(AMOUNTS);
    expect(absentIn(invoice(""), ...CORRECTION)).toEqual(
      expect.arrayContaining([...AMOUNTS, "/lines/0/quantity", "/lines/1/quantity"]),
    );
  });

  it("is not asked of what is stated positive however it is printed", () => {
    const totals = { ...bare, allowances: "9.07", charges: "1.00", prepaid: "50.00" };
    expect(absentIn(factsWith({ totals }), "Allowances|-9.07", "Freight|-1.00", "Paid|(50.00)")).toEqual([]);
  });

  it("is not asked of a deduction, which is printed with and without a minus", () => {
    const facts = invoice("");
    facts.lines.push(lineWith({ amount: "-10.00" }));
    facts.totals.due = "-1.00";
    for (const printed of ["10.00", "-10.00"]) {
      expect(
        absentIn(facts, ...BILL.slice(0, 2), `Discount||${printed}`, ...BILL.slice(2), "Your credit||1.00"),
      ).toEqual([]);
    }
  });

  it("is not asked of the quantity of goods that are taken back, whose amount has it", () => {
    const facts = invoice("-");
    expect(absentIn(facts, "2|30.00|-60.00", ...CORRECTION.slice(1))).toEqual([]);
    for (const line of facts.lines) line.amount = null;
    expect(absentIn(facts, "2|30.00", "1|40.00", ...CORRECTION.slice(2))).toEqual([
      "/lines/0/quantity",
      "/lines/1/quantity",
    ]);
  });

  it("does not matter to nothing", () => {
    const totals = { ...bare, net: "0.00", tax: "0.00", gross: "0.00" };
    expect(absentIn(factsWith({ totals }), "Net|-0.00", "Total|0.00")).toEqual([]);
  });
});
