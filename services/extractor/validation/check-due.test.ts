import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { factsWith } from "../testing/sample-facts.ts";
import { checkDue } from "./check-due.ts";

// Real: the check. A bill of 100.00 and 19.00 tax; each case changes its end.

function found(change: Partial<Facts["totals"]>): string[] {
  const { totals } = factsWith({});
  const bill = { tax_basis: "100.00", tax: "19.00", gross: "119.00", due: "119.00" };
  return checkDue(factsWith({ totals: { ...totals, ...bill, ...change } })).map(({ rule }) => rule);
}

describe("due_without_tax", () => {
  it.each([
    ["the whole", {}],
    ["the rest after a payment", { prepaid: "30.00", due: "89.00" }],
    ["nothing", { prepaid: "119.00", due: "0.00" }],
    ["a total without any tax", { tax: "0.00", gross: "100.00", due: "100.00" }],
    ["a tax on what was paid elsewhere", { tax_basis: "0.00", gross: "19.00", due: "19.00" }],
    ["what no other total says", { tax_basis: null, due: "100.00" }],
  ])("is not found where what is to be paid is %s", (_what, change) => {
    expect(found(change)).toEqual([]);
  });

  it.each([
    ["the tax was read as paid", { prepaid: "19.00", due: "100.00" }],
    ["all but the tax was read as paid", { prepaid: "100.00", due: "19.00" }],
    ["the net total is all there is to compute the basis from", { net: "100.00", tax_basis: null, due: "100.00" }],
    [
      "the taxes by rate are all that is stated of the tax",
      {
        tax: null,
        tax_by_rate: [{ rate: "19", category: null, basis: "100.00", amount: "19.00" }],
        prepaid: "19.00",
        due: "100.00",
      },
    ],
  ])("is found where %s", (_what, change) => {
    expect(found(change)).toEqual(["due_without_tax"]);
  });

  it("is found beside rounding, where the tax was read as that", () => {
    expect(found({ rounding: "-19.00", due: "100.00" })).toEqual(["due_without_tax", "rounding_implausible"]);
    expect(found({ rounding: "-19.00", gross: "100.00", due: null })).toEqual([
      "due_without_tax",
      "rounding_implausible",
    ]);
    expect(found({ tax_basis: "8.41", tax: "0.59", gross: "9.00", rounding: "-0.59", due: "8.41" })).toEqual([
      "due_without_tax",
    ]);
  });
});

describe("rounding_implausible", () => {
  it.each([
    ["five rappen", { rounding: "0.02", due: "119.02" }],
    ["a krona", { rounding: "-0.49", due: "118.51" }],
    ["a thousandth of a large total", { tax: null, tax_basis: null, gross: "300499", rounding: "-299", due: "300200" }],
  ])("is not found for %s", (_what, change) => {
    expect(found(change)).toEqual([]);
  });

  it.each([
    ["a whole unit", { rounding: "1.00", due: "120.00" }],
    ["more than a thousandth", { tax: null, tax_basis: null, gross: "300499", rounding: "-301", due: "300198" }],
    ["any unit of a total that is not stated", { gross: null, rounding: "-2", due: null }],
  ])("is found for %s", (_what, change) => {
    expect(found(change)).toEqual(["rounding_implausible"]);
  });
});
