import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith, lineWith } from "../../testing/sample-facts.ts";
import { groundFacts } from "../ground-facts.ts";

// Real: grounding. The pages are rows written here, as the parser thread hands them out.

const HUB = lineWith({ description: "Rear hub", quantity: "12", amount: "498.00" });
const RIM = lineWith({ description: "Double-walled rim", quantity: "24", amount: "690.00" });
const PAGE = [
  "|From delivery note 4711 of 2 November",
  "1|Rear hub|12|498.00",
  "|as discussed by telephone",
  "2|Double-walled rim|24|690.00",
  "|thank you for ordering",
  "|Net||1,188.00",
];
const TOTALS = { ...factsWith({}).totals, net: "1188.00" };

function remarksOn(rows: readonly string[], lines: Facts["lines"]): readonly number[] {
  return [...groundFacts(factsWith({ lines, totals: TOTALS }), printedPages(rows)).remarks];
}

function remark(description: string): Facts["lines"][number] {
  return lineWith({ description });
}

describe("the remarks among the lines", () => {
  it("are lines without numbers that the page prints without any", () => {
    const lines = [
      remark("From delivery note 4711 of 2 November"),
      HUB,
      remark("as discussed by telephone"),
      RIM,
      remark("Thank you for ordering"),
    ];
    expect(remarksOn(PAGE, lines)).toEqual([0, 2, 4]);
  });

  it("may be numbered", () => {
    expect(
      remarksOn(
        ["1|Rear hub|12|498.00", "2|as discussed|", "3|Double-walled rim|24|690.00"],
        [HUB, remark("as discussed"), RIM],
      ),
    ).toEqual([1]);
  });

  it("are not lines whose numbers stand beside their text, or below it", () => {
    expect(remarksOn(PAGE, [HUB, remark("Double-walled rim")])).toEqual([]);
    const below = ["1|Rear hub", "||12|498.00", "2|Spokes", "||7|139.30", "3|Double-walled rim", "||24|690.00"];
    expect(remarksOn(below, [HUB, remark("Spokes"), RIM])).toEqual([]);
  });

  it("are not texts that no page has, or none at all", () => {
    expect(remarksOn(PAGE, [HUB, remark("Goods"), lineWith({}), RIM])).toEqual([]);
  });

  it("are not known where no other line has numbers", () => {
    expect(remarksOn(PAGE, [remark("as discussed by telephone")])).toEqual([]);
  });

  it("are not lines that state something", () => {
    expect(remarksOn(PAGE, [HUB, lineWith({ description: "as discussed by telephone", quantity: "1" }), RIM])).toEqual(
      [],
    );
  });
});
