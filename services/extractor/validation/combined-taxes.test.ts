import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { sumDecimals } from "../decimal-arithmetic.ts";
import { type Faulty, faulty } from "../testing/faulty.ts";
import { factsWith, lineWith } from "../testing/sample-facts.ts";
import { combinedTaxes } from "./combined-taxes.ts";
import { validateFacts } from "./validate-facts.ts";

// Real: every check of the validation. Pure. The documents are written here; what they lack is of no interest.

type Tax = readonly [rate: string, basis: string | null, amount: string];

interface Bill {
  readonly lines: ReadonlyArray<readonly [tax_rate: string, amount: string]>;
  readonly taxes: readonly Tax[];
  readonly tax: string;
  readonly gross: string;
  readonly basis?: string;
}

const BILLS: Readonly<Record<string, Bill>> = {
  "Quebec: GST and QST": {
    lines: [
      ["14.975", "600.00"],
      ["14.975", "400.00"],
    ],
    taxes: [
      ["5", "1000.00", "50.00"],
      ["9.975", "1000.00", "99.75"],
    ],
    tax: "149.75",
    gross: "1149.75",
  },
  "British Columbia: GST on everything, PST on goods": {
    lines: [
      ["12", "800.00"],
      ["5", "200.00"],
    ],
    taxes: [
      ["5", "1000.00", "50.00"],
      ["7", "800.00", "56.00"],
    ],
    tax: "106.00",
    gross: "1106.00",
  },
  "Quebec, with something that is not taxed": {
    lines: [
      ["14.975", "900.00"],
      ["0", "100.00"],
    ],
    taxes: [
      ["5", "900.00", "45.00"],
      ["9.975", "900.00", "89.78"],
    ],
    tax: "134.78",
    gross: "1134.78",
  },
  "British Columbia, with something that is not taxed": {
    lines: [
      ["12", "700.00"],
      ["5", "200.00"],
      ["0", "100.00"],
    ],
    taxes: [
      ["5", "900.00", "45.00"],
      ["7", "700.00", "49.00"],
    ],
    tax: "94.00",
    gross: "1094.00",
  },
  "India: CGST and SGST": {
    lines: [["18", "1000.00"]],
    taxes: [
      ["9", "1000.00", "90.00"],
      ["9", "1000.00", "90.00"],
    ],
    tax: "180.00",
    gross: "1180.00",
  },
  "India, two rates": {
    lines: [
      ["18.00", "1000.00"],
      ["12", "500.00"],
      ["12", "250.00"],
    ],
    taxes: [
      ["9", "1000.00", "90.00"],
      ["9", "1000.00", "90.00"],
      ["6", "750.00", "45.00"],
      ["6", "750.00", "45.00"],
    ],
    tax: "270.00",
    gross: "2020.00",
  },
  "India, two rates on parts that are alike": {
    lines: [
      ["18", "500.00"],
      ["12", "500.00"],
    ],
    taxes: [
      ["9", "500.00", "45.00"],
      ["6", "500.00", "30.00"],
      ["9", "500.00", "45.00"],
      ["6", "500.00", "30.00"],
    ],
    tax: "150.00",
    gross: "1150.00",
  },
  "India, each line's tax rounded by itself": {
    lines: Array.from({ length: 10 }, () => ["18", "10.05"] as const),
    taxes: [
      ["9", "100.50", "9.00"],
      ["9", "100.50", "9.00"],
    ],
    tax: "18.00",
    gross: "118.50",
  },
  "Canada: HST on one part, GST and PST on the other": {
    lines: [
      ["13", "500.00"],
      ["12", "1000.00"],
    ],
    taxes: [
      ["13", "500.00", "65.00"],
      ["5", "1000.00", "50.00"],
      ["7", "1000.00", "70.00"],
    ],
    tax: "185.00",
    gross: "1685.00",
  },
};
const WITHOUT_BASES: Readonly<Record<string, Bill>> = Object.fromEntries(
  ["Quebec: GST and QST", "India: CGST and SGST", "India, two rates"].map((name) => {
    const bill = BILLS[name];
    if (bill === undefined) throw new Error(`${name} is no bill`);
    return [
      `${name}, no basis printed`,
      { ...bill, taxes: bill.taxes.map(([rate, , amount]) => [rate, null, amount] as const) },
    ];
  }),
);

function factsOf({ lines, taxes, tax, gross }: Bill): Facts {
  const net = sumDecimals(lines.map(([, amount]) => amount));
  return factsWith({
    document_number: "4711",
    document_date: "2026-11-20",
    currency: "CAD",
    vendor: { name: "Nordkai", street: null, postal_code: null, city: null, country: "CA", tax_ids: [] },
    lines: lines.map(([tax_rate, amount]) =>
      lineWith({ description: "Crates", quantity: "1", unit_price: amount, tax_rate, amount }),
    ),
    totals: {
      ...factsWith({}).totals,
      net,
      tax_basis: net,
      tax,
      tax_by_rate: taxes.map(([rate, basis, amount]) => ({ rate, category: null, basis, amount })),
      gross,
      due: gross,
    },
  });
}

function warningsOf(facts: Facts): string[] {
  return validateFacts(facts, { today: "2026-11-23" }).flatMap(({ rule, severity, path }) =>
    severity === "note" ? [] : `${rule} ${path}`,
  );
}

/** Each figure of the taxes a little or much off, each tax lost or read twice, and lines at each other's rates. */
function faultsOf(truth: Facts): Faulty[] {
  const taxes = truth.totals.tax_by_rate;
  const rates = new Set(truth.lines.map(({ tax_rate }) => Number(tax_rate)));
  return [
    ...taxes.flatMap((tax, index) =>
      (["rate", "basis", "amount"] as const).flatMap((field) => {
        const value = tax[field];
        return value === null || (field === "rate" && tax.basis === null)
          ? []
          : ["0.02", "1", "1000"].map((more) =>
              faulty(`${field} of ${index} + ${more}`, truth, ({ totals }) => {
                Object.assign(totals.tax_by_rate[index] ?? {}, { [field]: sumDecimals([value, more]) });
              }),
            );
      }),
    ),
    ...taxes.map((_, index) => faulty(`tax ${index} lost`, truth, ({ totals }) => totals.tax_by_rate.splice(index, 1))),
    ...taxes.map((tax, index) =>
      faulty(`tax ${index} twice`, truth, ({ totals }) => totals.tax_by_rate.splice(index, 0, { ...tax })),
    ),
    ...(["tax", "tax_basis", "gross", "net"] as const).map((field) =>
      faulty(`${field} + 0.01`, truth, ({ totals }) => {
        totals[field] = sumDecimals([totals[field] ?? "0", "0.01"]);
      }),
    ),
    ...truth.lines.flatMap((line, index) => [
      faulty(`rate of line ${index} unlisted`, truth, ({ lines }) =>
        Object.assign(lines[index] ?? {}, { tax_rate: "23" }),
      ),
      ...(rates.size < 2 || taxes.some(({ basis }) => basis === null)
        ? []
        : [...rates]
            .filter((rate) => rate !== Number(line.tax_rate))
            .map((rate) =>
              faulty(`line ${index} at ${rate}`, truth, ({ lines }) =>
                Object.assign(lines[index] ?? {}, { tax_rate: String(rate) }),
              ),
            )),
    ]),
  ];
}

const ALL = Object.entries({ ...BILLS, ...WITHOUT_BASES });

describe("several taxes on one basis", () => {
  it.each(ALL)("are no reason for a warning: %s", (_name, bill) => {
    expect(warningsOf(factsOf(bill))).toEqual([]);
  });

  it.each(ALL)("are compared as one tax is: %s", (_name, bill) => {
    const unflagged = faultsOf(factsOf(bill)).filter(({ facts }) => warningsOf(facts).length === 0);
    expect(unflagged.map(({ what }) => what)).toEqual([]);
  });
});

describe("combinedTaxes", () => {
  const taxed = (whole: string | undefined, ...taxes: ReadonlyArray<readonly [string | null, string | null]>) =>
    combinedTaxes(
      { lines: [], currency: "EUR" },
      taxes.map(([rate, basis]) => ({ rate, basis, category: null, amount: null })),
      whole,
    ).map(({ rate, basis, parts }) => [rate, basis, ...parts]);

  it("leaves each tax by itself where their bases are what is taxed, even where they are alike", () => {
    expect(taxed("200", ["19", "100"], ["7", "100"])).toEqual([
      ["19", "100", 0],
      ["7", "100", 1],
    ]);
  });

  it("leaves each by itself where nothing adds up, or nobody knows what is taxed", () => {
    expect(taxed("50", ["19", "100"], ["7", "100"])).toHaveLength(2);
    expect(taxed(undefined, ["9", "100"], ["9", "100"])).toHaveLength(2);
  });

  it("does not know what is not stated", () => {
    expect(taxed("100", ["9", "100"], ["9", null])).toEqual([]);
    expect(taxed("100", ["9", "100"], [null, "100"])).toEqual([]);
  });

  it("combines what is taken back", () => {
    expect(taxed("-100", ["9", "-100"], ["9", "-100.00"])).toEqual([["18", "-100", 0, 1]]);
  });
});
