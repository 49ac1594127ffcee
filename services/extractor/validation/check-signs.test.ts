import { describe, expect, it } from "vitest";
import { factsWith } from "../testing/sample-facts.ts";
import { checkSigns } from "./check-signs.ts";

// Real: everything. Pure functions.

const bare = factsWith({}).totals;

describe("checkSigns", () => {
  it.each([
    ["gross", { gross: "-119.00", tax_basis: "-100.00" }],
    ["tax_basis", { tax_basis: "-100.00", net: "-100.00" }],
    ["net", { net: "-100.00" }],
    ["due", { due: "-119.00" }],
  ] as const)("finds a document whose %s is negative", (name, totals) => {
    expect(checkSigns(factsWith({ totals: { ...bare, ...totals } }))).toEqual([
      { rule: "total_negative", path: `/totals/${name}` },
    ]);
  });

  it.each([
    ["nothing is stated", {}],
    ["nothing is to be paid", { gross: "0.00", net: "-0.00" }],
    ["more was paid than billed", { gross: "119.00", prepaid: "200.00", due: "-81.00" }],
  ])("finds nothing where %s", (_what, totals) => {
    expect(checkSigns(factsWith({ totals: { ...bare, ...totals } }))).toEqual([]);
  });
});
