import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { factsWith, invoiceFacts, lineWith } from "../testing/sample-facts.ts";
import { checkTaxedLines } from "./check-taxed-lines.ts";

// Real: the check. Pure.

type Rated = readonly [rate: string | null, amount: string | null];

function found(lines: readonly Rated[], taxed: readonly Rated[], totals: Partial<Facts["totals"]> = {}): string[] {
  const tax_by_rate = taxed.map(([rate, basis]) => ({ rate, category: null, basis, amount: null }));
  const facts = factsWith({
    currency: "EUR",
    lines: lines.map(([tax_rate, amount]) => lineWith({ description: "Crates", tax_rate, amount })),
    totals: { ...factsWith({}).totals, ...totals, tax_by_rate },
  });
  return checkTaxedLines(facts).map(({ rule, path }) => `${rule} ${path}`);
}

const LINES: readonly Rated[] = [
  ["19", "60.00"],
  ["7.00", "30.00"],
  ["7", "10.00"],
];
const EXCHANGED: readonly Rated[] = [
  ["19", "60.00"],
  ["19", "30.00"],
  ["7", "10.00"],
];

describe("taxed_lines_differ", () => {
  it("is not found where the lines of each rate are what is taxed at it", () => {
    expect(checkTaxedLines(invoiceFacts())).toEqual([]);
    expect(
      found(LINES, [
        ["7", "40.00"],
        ["19.00", "60.00"],
      ]),
    ).toEqual([]);
  });

  it("is found at the rate at which a line is missing", () => {
    expect(
      found(EXCHANGED, [
        ["7", "40.00"],
        ["19", "60.00"],
      ]),
    ).toEqual(["taxed_lines_differ /totals/tax_by_rate/0/basis"]);
  });

  it.each([
    [
      "an allowance",
      { allowances: "5.00" },
      [
        ["7", "35.00"],
        ["19", "60.00"],
      ],
    ],
    [
      "a charge",
      { charges: "5.80" },
      [
        ["7", "45.80"],
        ["19", "60.00"],
      ],
    ],
    [
      "one of each",
      { allowances: "5.00", charges: "8.00" },
      [
        ["7", "48.00"],
        ["19", "55.00"],
      ],
    ],
    [
      "an allowance that is taken back",
      { allowances: "-4.00" },
      [
        ["7", "40.00"],
        ["19", "64.00"],
      ],
    ],
  ] as const)("lets %s be taxed at any rate", (_what, totals, taxed) => {
    expect(found(LINES, taxed, totals)).toEqual([]);
    expect(found(EXCHANGED, taxed, totals)).not.toEqual([]);
  });

  it("cannot be found where a charge is as large as the line", () => {
    expect(
      found(
        [
          ["19", "60.00"],
          ["19", "5.00"],
        ],
        [
          ["7", "5.00"],
          ["19", "70.00"],
        ],
        { charges: "10.00" },
      ),
    ).toEqual([]);
  });

  it("lets one rate be listed twice, by category", () => {
    expect(
      found(
        [
          ["0", "60.00"],
          ["0", "40.00"],
        ],
        [
          ["0", "60.00"],
          ["0.00", "40.00"],
        ],
      ),
    ).toEqual([]);
  });

  it("lets what is not taxed be missing from the printed table", () => {
    expect(
      found(
        [
          ["19", "60.00"],
          ["0", "40.00"],
        ],
        [["19", "60.00"]],
      ),
    ).toEqual([]);
  });

  it.each([
    [
      "a line states no rate",
      [
        ["19", "60.00"],
        [null, "40.00"],
      ],
      [
        ["7", "40.00"],
        ["19", "60.00"],
      ],
    ],
    [
      "a line states no amount",
      [
        ["19", "60.00"],
        ["19", null],
      ],
      [
        ["7", "40.00"],
        ["19", "60.00"],
      ],
    ],
    [
      "a rate states no basis",
      EXCHANGED,
      [
        ["7", null],
        ["19", "60.00"],
      ],
    ],
    [
      "a basis states no rate",
      EXCHANGED,
      [
        [null, "40.00"],
        ["19", "60.00"],
      ],
    ],
    [
      "the sums differ as a whole, which other rules find",
      EXCHANGED,
      [
        ["7", "47.60"],
        ["19", "71.40"],
      ],
    ],
  ] as const)("is not looked for where %s", (_what, lines, taxed) => {
    expect(found(lines, taxed)).toEqual([]);
  });
});
