import type { Facts, Line } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith, lineWith } from "../../testing/sample-facts.ts";
import { groundFacts } from "../ground-facts.ts";

// Real: grounding. The pages are rows written here, as the parser thread hands them out.

/** Whether quantity and price of the first line are found where they were read to be. */
function isMisread(rows: readonly string[], read: Partial<Line>, more: Partial<Facts> = {}): boolean {
  const lines = [lineWith(read), lineWith({ quantity: "4", unit_price: "20.00", amount: "80.00" })];
  const { fields } = groundFacts(factsWith({ currency: "EUR", lines, ...more }), printedPages(rows)).grounding;
  const states = ["quantity", "unit_price"].map(
    (field) => fields.find(({ path }) => path === `/lines/0/${field}`)?.grounded,
  );
  expect(new Set(states).size).toBe(1);
  return states[0] === "absent";
}

const TRUE = { quantity: "12", unit_price: "41.50", amount: "498.00" };
const EXCHANGED = { ...TRUE, quantity: "41.50", unit_price: "12" };

describe("the quantity and the price of a line", () => {
  it.each([
    ["their headings", ["Item|Quantity (pieces)|Unit price in EUR|Amount", "Hub|12|41.50|498.00", "Rim|4|20.00|80.00"]],
    [
      "their headings, the price first",
      ["Item|Einzelpreis in EUR|Menge (in Stücken)|Betrag", "Hub|41.50|12|498.00", "Rim|20.00|4|80.00"],
    ],
    ["the unit behind the quantity", ["Hub|12 pcs|41.50|498.00", "Rim|4 pcs|20.00|80.00"]],
    ["the currency beside the price", ["Hub|12|$ 41.50|498.00", "Rim|4|$ 20.00|80.00"]],
    ["the decimals of the price", ["Hub|12|41.50|498.00", "Rim|4|20.00|80.00"]],
  ])("are told from each other by %s", (_how, rows) => {
    expect(isMisread(rows, TRUE)).toBe(false);
    expect(isMisread(rows, EXCHANGED)).toBe(true);
  });

  it("are believed where the page does not tell", () => {
    const yen = { quantity: "120", unit_price: "415", amount: "49800" };
    const rows = ["Hub|120|415|49,800", "Rim|4|20|80"];
    expect(isMisread(rows, yen, { currency: "JPY" })).toBe(false);
    expect(isMisread(rows, { ...yen, quantity: "415", unit_price: "120" }, { currency: "JPY" })).toBe(false);
    expect(
      isMisread(
        ["Item|Quantity (pieces)|Price each (in JPY)|Total", ...rows],
        { ...yen, quantity: "415", unit_price: "120" },
        { currency: "JPY" },
      ),
    ).toBe(true);
  });

  it("may be hours by a fraction for a price without decimals", () => {
    const worked = { quantity: "12.50", unit_price: "80", amount: "1000.00" };
    expect(isMisread(["Work|12.50 h|80|1,000.00", "Travel|4 h|20|80.00"], worked)).toBe(false);
    expect(isMisread(["Work|12.50|80 EUR|1,000.00", "Travel|4|20 EUR|80.00"], worked)).toBe(false);
  });

  it.each([
    ["beside", ["1|Hub|12|41.50|498.00", "2|Rim|4|20.00|80.00"]],
    ["above", ["1|Hub|12|41.50", "||||498.00", "2|Rim|4|20.00", "||||80.00"]],
  ])("are not one of something at the price of all of it: their product stands %s the amount", (_where, rows) => {
    expect(isMisread(rows, TRUE)).toBe(false);
    expect(isMisread(rows, { ...TRUE, quantity: "1", unit_price: "498.00" })).toBe(true);
  });

  it("are not one of something where a discount is printed, too", () => {
    const rows = ["1|Hub|12|41.50|-24.90|473.10", "2|Rim|4|20.00||80.00"];
    expect(isMisread(rows, { ...TRUE, discount_amount: "24.90", amount: "473.10" })).toBe(false);
    expect(isMisread(rows, { quantity: "1", unit_price: "473.10", amount: "473.10" })).toBe(true);
  });

  it("are one of something where the page says so", () => {
    const one = { quantity: "1", unit_price: "498.00", amount: "498.00" };
    expect(
      isMisread(
        ["Item|Quantity (pieces)|Unit price in EUR|Amount", "Hub, 12 holes|1|498.00|498.00", "Rim|4|20.00|80.00"],
        one,
      ),
    ).toBe(false);
  });

  it("are other ones where the page has another quantity under its heading and no price", () => {
    const rows = ["Pos|Item|Quantity (pieces)|Amount in EUR|Price per unit", "1|Hub|12|498.00", "2|Rim|4|80.00"];
    expect(isMisread(rows, { quantity: "1", unit_price: "498.00", amount: "498.00" })).toBe(true);
  });
});
