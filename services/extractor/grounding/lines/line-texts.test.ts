import type { Facts, Line } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith, lineWith } from "../../testing/sample-facts.ts";
import { groundFacts } from "../ground-facts.ts";

// Real: grounding. The pages are rows written here, as the parser thread hands them out.

const LINES = [
  lineWith({ seller_item_number: "HUB-36", description: "Rear hub", quantity: "12", amount: "498.00" }),
  lineWith({ seller_item_number: "RIM-622", description: "Double-walled rim", quantity: "24", amount: "690.00" }),
  lineWith({ seller_item_number: "SPK-264", description: "Stainless spokes", quantity: "7", amount: "139.30" }),
];

/** The same, with the texts of two lines swapped. */
function swapped(a: number, b: number, ...fields: readonly ("description" | "seller_item_number")[]): Line[] {
  const lines = structuredClone(LINES);
  for (const field of fields) {
    Object.assign(lines[a] ?? {}, { [field]: LINES[b]?.[field] });
    Object.assign(lines[b] ?? {}, { [field]: LINES[a]?.[field] });
  }
  return lines;
}

function grounded(rows: readonly string[], lines: Facts["lines"]) {
  return groundFacts(factsWith({ lines }), printedPages(rows));
}

function misplacedOn(rows: readonly string[], lines: Facts["lines"]): string[] {
  return [...grounded(rows, lines).misplaced].sort();
}

const BESIDE = [
  "HUB-36|Rear hub|12|498.00",
  "RIM-622|Double-walled rim|24|690.00",
  "SPK-264|Stainless spokes|7|139.30",
  "Total|||1,327.30",
];
const BELOW = ["1||12|498.00", "HUB-36|Rear hub", "2||24|690.00", "RIM-622|Double-walled rim", "3||7|139.30"];
BELOW.push("SPK-264|Stainless spokes", "Total|||1,327.30");
const ABOVE = [
  "HUB-36|Rear hub",
  "1||12|498.00",
  "RIM-622|Double-walled rim",
  "2||24|690.00",
  "SPK-264|Stainless spokes",
];
ABOVE.push("3||7|139.30", "Total|||1,327.30");

describe("the texts of lines", () => {
  it.each([
    ["beside their numbers", BESIDE],
    ["below their numbers", BELOW],
    ["above their numbers", ABOVE],
  ])("are found %s, and missed where they were swapped", (_where, rows) => {
    const { grounding, misplaced } = grounded(rows, LINES);
    expect([grounding.score, misplaced.size]).toEqual(["1", 0]);
    expect(misplacedOn(rows, swapped(0, 1, "description"))).not.toEqual([]);
    expect(misplacedOn(rows, swapped(1, 2, "seller_item_number"))).not.toEqual([]);
    expect(misplacedOn(rows, swapped(0, 2, "description", "seller_item_number"))).not.toEqual([]);
  });

  it("are absent where they changed places, by their pointers", () => {
    const lines = swapped(0, 2, "description");
    expect(misplacedOn(BESIDE, lines)).toEqual(["/lines/0/description", "/lines/2/description"]);
    const states = grounded(BESIDE, lines).grounding.fields.filter(({ grounded: state }) => state === "absent");
    expect(states.map(({ path }) => path)).toEqual(["/lines/0/description", "/lines/2/description"]);
  });

  it("cannot be told where they are said of several lines at once", () => {
    const rows = ["Wheel parts|batch 4711", ...BESIDE];
    const lines = LINES.map((line) => ({ ...line, description: "Wheel parts", batch: "4711" }));
    const { grounding, misplaced } = grounded(rows, lines);
    expect(misplaced.size).toBe(0);
    const states = grounding.fields
      .filter(({ path }) => /batch|description/.test(path))
      .map(({ grounded: state }) => state);
    expect(states).toEqual(["page", "page", "not_checkable", "not_checkable", "not_checkable", "not_checkable"]);
  });

  // Above or below its numbers, a text may as well be that of the line before or behind.
  it.each([
    [
      "beside their numbers",
      BESIDE,
      [
        [0, 1],
        [1, 0],
      ],
    ],
    [
      "below their numbers",
      BELOW,
      [
        [1, 0],
        [2, 1],
      ],
    ],
    [
      "above their numbers",
      ABOVE,
      [
        [0, 1],
        [1, 2],
      ],
    ],
  ] as const)("are missed %s where a line has its neighbour's and its own was not read", (_where, rows, copies) => {
    for (const [from, to] of copies) {
      const lines = structuredClone(LINES);
      Object.assign(lines[to] ?? {}, { description: LINES[from]?.description });
      expect(misplacedOn(rows, lines)).toEqual([`/lines/${to}/description`]);
    }
  });

  it("may be those of several lines where these have no others in the column", () => {
    const rows = ["HUB-36|Rear hub|12|498.00", "RIM-622||24|690.00", "SPK-264|XL|7|139.30", "Total|||1,327.30"];
    expect(
      misplacedOn(
        rows,
        LINES.map((line) => ({ ...line, description: "Rear hub" })),
      ),
    ).toEqual([]);
  });

  it("cannot be told where the lines were not found", () => {
    const lines = LINES.map((line) => ({ ...line, quantity: null, amount: null }));
    const { grounding, misplaced } = grounded(BESIDE, lines);
    expect(misplaced.size).toBe(0);
    expect(
      new Set(grounding.fields.filter(({ path }) => path.startsWith("/lines")).map(({ grounded: g }) => g)),
    ).toEqual(new Set(["not_checkable"]));
  });

  it("are absent where no page has them, which is no swap", () => {
    const lines = LINES.map((line) => ({ ...line, description: "Saddle" }));
    expect(misplacedOn(BESIDE, lines)).toEqual([]);
  });

  it("are not swapped when positions are counted that the page does not print", () => {
    const rows = ["HUB-36|Rear hub 2|12|498.00", "RIM-622|Rim 1|24|690.00"];
    const lines = LINES.slice(0, 2).map((line, index) => ({ ...line, description: null, position: String(index + 1) }));
    expect(misplacedOn(rows, lines)).toEqual([]);
  });
});
