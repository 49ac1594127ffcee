import type { Facts, Line } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith, lineWith } from "../../testing/sample-facts.ts";
import { groundFacts } from "../ground-facts.ts";

// Real: grounding. The pages are rows written here, as the parser thread hands them out. How often it is right is measured in
// `faults.test.ts`.

function statesOf(facts: Facts, rows: readonly string[]): Readonly<Record<string, string>> {
  const { fields } = groundFacts(facts, printedPages(rows)).grounding;
  return Object.fromEntries(fields.flatMap(({ path, grounded }) => (path.endsWith("/unit") ? [[path, grounded]] : [])));
}

/** The states of the units of two lines that are read with these. */
function units(rows: readonly string[], first: string, second: string): readonly (string | undefined)[] {
  const line = (values: Partial<Line>) => lineWith({ unit_price: "2.00", ...values });
  const facts = factsWith({
    currency: "EUR",
    lines: [
      line({ position: "1", description: "Hub 36", quantity: "20", unit: first, amount: "40.00" }),
      line({ position: "2", description: "Rim 622", quantity: "45", unit: second, amount: "90.00" }),
    ],
  });
  const states = statesOf(facts, rows);
  return [states["/lines/0/unit"], states["/lines/1/unit"]];
}

describe("the unit of a line", () => {
  it.each([
    ["behind the quantity", ["1|Hub 36|20 pcs|2.00|40.00", "2|Rim 622|45 kg|2.00|90.00"]],
    ["behind it without a space", ["1|Hub 36|20pcs|2.00|40.00", "2|Rim 622|45kg|2.00|90.00"]],
    ["before it", ["1|Hub 36|pcs 20|2.00|40.00", "2|Rim 622|kg 45|2.00|90.00"]],
    ["in a column of its own", ["1|Hub 36|20|pcs|2.00|40.00", "2|Rim 622|45|kg|2.00|90.00"]],
    ["in a column before", ["1|Hub 36|pcs|20|2.00|40.00", "2|Rim 622|kg|45|2.00|90.00"]],
    ["as a code", ["1|Hub 36|20|H87|2.00|40.00", "2|Rim 622|45|KGM|2.00|90.00"]],
    ["in another language", ["1|Hub 36|20 Stück|2.00|40.00", "2|Rim 622|45 кг|2.00|90.00"]],
  ])("is the one that is printed %s, and no other", (_where, rows) => {
    expect(units(rows, "pcs", "kg")).toEqual(["page", "page"]);
    expect(units(rows, "C62", "KGM")).toEqual(["page", "page"]);
    expect(units(rows, "kg", "pcs")).toEqual(["absent", "absent"]);
    expect(units(rows, "Palette", "m")).toEqual(["absent", "absent"]);
    expect(units(rows, "Gebinde", "t")).toEqual(["absent", "absent"]);
  });

  it("may be in the heading of its column", () => {
    const rows = [
      "Pos|Article|Quantity delivered, kg|Price|Amount",
      "1|Hub 36|20|2.00|40.00",
      "2|Rim 622|45|2.00|90.00",
    ];
    expect(units(rows, "kg", "KGM")).toEqual(["page", "page"]);
    expect(units(rows, "Stk", "m")).toEqual(["absent", "absent"]);
  });

  it("is believed beside the quantity more than in the heading, and in the line's text where the heading says another", () => {
    const rows = [
      "Pos|Article|Quantity delivered, pcs|Price|Amount",
      "1|Hub 36|20 kg|2.00|40.00",
      "2|Rim in m|45|2.00|90.00",
    ];
    expect(units(rows, "kg", "m")).toEqual(["page", "page"]);
  });

  it("may be a word of the line where a total counts the same figure in another", () => {
    const rows = ["20|20 pallets of valves|2.00|40.00", "|20 packages||", "2|Rim 622|45 kg|2.00|90.00"];
    expect(units(rows, "pallets", "kg")[0]).toBe("page");
    expect(units(rows, "kg", "kg")[0]).toBe("absent");
  });

  it("is no other than a heading for any packages has", () => {
    const rows = ["Pos|Article|Quantity in packages|Price|Amount", "1|Hub 36|20|2.00|40.00", "2|Rim 622|45|2.00|90.00"];
    expect(units(rows, "ctn", "kg")).toEqual(["not_checkable", "absent"]);
  });

  it("is not checkable where none is printed", () => {
    const rows = ["Pos|Article|Quantity|Price|Amount", "1|Hub 36|20|2.00|40.00", "2|Rim 622|45|2.00|90.00"];
    expect(units(rows, "pcs", "kg")).toEqual(["not_checkable", "not_checkable"]);
    expect(units([...rows, "Freight 3 kg"], "pcs", "kg")[0]).toBe("not_checkable");
  });
});

describe("the unit of a measure", () => {
  const { totals } = factsWith({});
  const volume = (unit: string, row: string) =>
    statesOf(factsWith({ totals: { ...totals, volume: { value: "12.4", unit } } }), [row])["/totals/volume/unit"];

  it("is the one behind its figure", () => {
    expect(volume("cbm", "Volume|12.4 m³")).toBe("page");
    expect(volume("l", "Volume|12.4 m³")).toBe("absent");
    expect(volume("l", "Volume|12.4")).toBe("not_checkable");
  });

  it("is none of something else that is counted by the same figure", () => {
    expect(volume("cbm", "Volume|12.4|Length|12.4 m")).toBe("not_checkable");
  });
});
