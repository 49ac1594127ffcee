import type { Facts, Line } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith, lineWith } from "../../testing/sample-facts.ts";
import { groundFacts } from "../ground-facts.ts";

// Real: grounding. The pages are rows written here, as the parser thread hands them out.

const LINES = [
  lineWith({ position: "1", seller_item_number: "HUB-36", description: "Rear hub", quantity: "1" }),
  lineWith({ position: "2", seller_item_number: "RIM-622", description: "Black rim", quantity: "1" }),
  lineWith({ position: "3", seller_item_number: "SPK-264", description: "Spokes", quantity: "40" }),
];
const ROWS = ["Pos|Item|Description|Qty", "1|HUB-36|Rear hub|1", "2|RIM-622|Black rim|1", "3|SPK-264|Spokes|40"];

function unread(pages: readonly (readonly string[])[], lines: readonly Line[] = LINES): number | null {
  const facts: Facts = factsWith({ document_type: "delivery_note", lines: [...lines] });
  return groundFacts(facts, printedPages(...pages)).grounding.unmatched_amounts;
}

describe("rows that look like lines where nothing is totalled", () => {
  it.each([0, 1, 2])("are lines that were not read, wherever they stand (%i)", (missing) => {
    expect(unread([ROWS])).toBe(0);
    expect(unread([ROWS], LINES.toSpliced(missing, 1))).toBe(1);
  });

  it("are lines on another page as well", () => {
    expect(unread([ROWS, ["4|NPL-14|Nipples|500", "5|TAP-25|Rim tape|12"]])).toBe(2);
  });

  it.each([
    ["a sum", ["|||42"]],
    ["a sum with a word", ["4|Total|All items|42"]],
    ["headings of a form", ["1 Pos|2 Item|3 Description|4 Quantity"]],
    ["a note in one column", ["||Thank you for your order 77"]],
    ["batches of the line above", ["||Batch A|25", "||Batch B|15"]],
    ["what is taken back, without an item", ["Returned|||2"]],
  ])("are not: %s", (_what, rows) => {
    expect(unread([[...ROWS, ...rows]])).toBe(0);
  });

  it("are not a copy of the document", () => {
    expect(unread([ROWS, ROWS])).toBe(0);
  });
});
