import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { invoiceFacts } from "../testing/sample-facts.ts";
import { checkTotals } from "./check-totals.ts";

// Real: the check. The invoice adds up; each case changes one thing.

type Totals = Facts["totals"];

function foundWith(change: Partial<Totals>, more: (facts: Facts) => void = () => {}) {
  return checkTotals(
    invoiceFacts((facts) => {
      facts.totals = { ...facts.totals, ...change };
      more(facts);
    }),
  );
}

const basis = { rule: "tax_basis_differs", path: "/totals/tax_basis" };
const gross = { rule: "gross_total_differs", path: "/totals/gross" };
const due = { rule: "due_total_differs", path: "/totals/due" };

describe("the totals", () => {
  it("follow from each other in an invoice that adds up", () => {
    expect(foundWith({})).toEqual([]);
  });
});

describe("totals without allowances, charges, prepayment and rounding", () => {
  const plain: Partial<Totals> = {
    ...{ net: "79.30", allowances: null, charges: null, tax_basis: "79.30", tax: "13.75", tax_by_rate: [] },
    ...{ gross: "93.05", prepaid: null, rounding: null, due: "93.05" },
  };

  it("follow from each other as they are", () => {
    expect(foundWith(plain)).toEqual([]);
    expect(foundWith({ ...plain, tax_basis: "86.30", gross: "100.05", due: "100.05" })).toEqual([basis]);
    expect(foundWith({ ...plain, gross: "100.05", due: "100.05" })).toEqual([gross]);
    expect(foundWith({ ...plain, due: "100.05" })).toEqual([due]);
    expect(foundWith({ ...plain, due: "86.05" })).toEqual([due]);
  });
});

describe("what is due", () => {
  it("is held against the total that follows from the rest where no total with tax is stated", () => {
    expect(foundWith({ gross: null })).toEqual([]);
    expect(foundWith({ gross: null, due: "59.00" })).toEqual([due]);
    expect(foundWith({ gross: null, prepaid: null })).toEqual([due]);
  });

  it("is less by what was withheld", () => {
    expect(foundWith({ withheld: "9.00", due: "40.00" })).toEqual([]);
    expect(foundWith({ withheld: "9.00" })).toEqual([due]);
    expect(foundWith({ withheld: "9.00", gross: null, due: "40.00" })).toEqual([]);
  });
});

describe("gross_less_withheld", () => {
  const lessWithheld = { rule: "gross_less_withheld", path: "/totals/gross" };

  it("is found for a total that lacks exactly what was withheld, and what is due follows from the whole", () => {
    expect(foundWith({ withheld: "9.00", gross: "89.75", due: "40.00" })).toEqual([lessWithheld]);
    expect(foundWith({ withheld: "9.00", gross: "89.75", due: "49.00" })).toEqual([lessWithheld, due]);
    expect(foundWith({ withheld: "9.00", gross: "89.70", due: null })).toEqual([gross]);
  });
});

describe("tax_basis_differs", () => {
  it.each([
    ["no net total, where the lines say the same", { net: null }],
    ["no basis at all", { tax_basis: null }],
    ["nothing by rate", { tax_by_rate: [] }],
    [
      "a basis by rate that is not stated",
      { tax_by_rate: [{ rate: "19", category: null, basis: null, amount: "13.75" }] },
    ],
    [
      "a basis that is not stated beside one of no tax",
      {
        tax_by_rate: [
          { rate: "19", category: null, basis: null, amount: "13.75" },
          { rate: "0", category: null, basis: "20.00", amount: "0" },
        ],
      },
    ],
    [
      "an untaxed part that the table of taxes leaves out",
      { tax_by_rate: [{ rate: "19", category: null, basis: "65.00", amount: "13.75" }] },
    ],
  ])("is not found for %s", (_what, change: Partial<Totals>) => {
    expect(foundWith(change)).toEqual([]);
  });

  it.each([
    ["an allowance that was not read", { allowances: null }],
    ["a charge that was not read", { charges: null }],
    ["a charge taken for an allowance", { allowances: "10.70", charges: "5.00" }],
    ["a net total a cent off", { net: "79.31" }],
    [
      "a part that is missing although the untaxed one is listed",
      {
        tax_by_rate: [
          { rate: "19", category: null, basis: "60.00", amount: "13.75" },
          { rate: "0", category: null, basis: "20.00", amount: "0" },
        ],
      },
    ],
    ["more taxed than there is", { tax_by_rate: [{ rate: "19", category: null, basis: "85.01", amount: "13.75" }] }],
  ])("is found for %s", (_what, change: Partial<Totals>) => {
    expect(foundWith(change)).toEqual([basis]);
  });

  it("is found against the lines when there is no net total", () => {
    const found = foundWith({ net: null }, (facts) => {
      facts.lines.pop();
    });
    expect(found).toEqual([basis]);
  });
});

describe("gross_total_differs", () => {
  it.each([
    ["a rounding that the total holds already", { gross: "99.00", due: "49.00" }],
    ["no total tax, where the taxes by rate say the same", { tax: null }],
    ["no basis, where net, allowances and charges say the same", { tax_basis: null }],
    ["no gross total", { gross: null }],
    ["no tax at all", { tax: null, tax_by_rate: [], gross: "85.00", due: "35.00" }],
  ])("is not found for %s", (_what, change) => {
    expect(foundWith(change)).toEqual([]);
  });

  it.each([
    ["a cent too much", { gross: "98.76", due: null }],
    ["a cent too little", { gross: "98.74", due: null }],
    ["a lost decimal comma", { gross: "9875", due: null }],
    ["a tax of a cent more", { tax: "13.76" }],
    ["a tax that was not read", { tax: null, tax_by_rate: [] }],
    ["the rounding subtracted", { gross: "98.50", due: null }],
  ])("is found for %s", (_what, change) => {
    expect(foundWith(change)).toEqual([gross]);
  });

  it("is found when the basis has to be computed, too", () => {
    expect(foundWith({ tax_basis: null, charges: null })).toEqual([basis, gross]);
    expect(foundWith({ tax_basis: null, net: null }, (facts) => facts.lines.pop())).toEqual([basis, gross]);
  });

  it("is not looked for when nothing says what is taxed", () => {
    expect(
      foundWith({ tax_basis: null, net: null, gross: "1.00", due: null }, (facts) => facts.lines.splice(0)),
    ).toEqual([]);
  });

  it("is measured in the currency's smallest unit", () => {
    const inYen = (gross: string) =>
      foundWith({ gross, due: null, rounding: null }, (facts) => {
        facts.currency = "JPY";
      });
    expect(inYen("99")).toEqual([]);
    expect(inYen("100")).toEqual([gross]);
  });
});

describe("due_total_differs", () => {
  it.each([
    ["an amount that is not rounded", { due: "48.75" }],
    ["nothing prepaid", { prepaid: null, due: "98.75" }],
    ["nothing rounded", { rounding: null, due: "48.75" }],
    ["more prepaid than owed", { prepaid: "100.00", rounding: null, due: "-1.25" }],
    ["no amount due", { due: null }],
  ])("is not found for %s", (_what, change) => {
    expect(foundWith(change)).toEqual([]);
  });

  it.each([
    ["a cent too much", { due: "49.01" }],
    ["a cent too little", { due: "48.99" }],
    ["a prepayment that was not read", { prepaid: null }],
    ["the prepayment added", { due: "148.75" }],
    ["the sign lost", { prepaid: "100.00", rounding: null, due: "1.25" }],
  ])("is found for %s", (_what, change) => {
    expect(foundWith(change)).toEqual([due]);
  });
});
