import { canonicalDecimal, extractionFactsSchema, type Facts } from "@flowstate/contracts";
import { multiplyDecimals, subtractDecimals, sumDecimals } from "../decimal-arithmetic.ts";
import { factValues } from "../grounding/fact-values.ts";
import type { PrintedDocument } from "../grounding/printed/printed-document.ts";
import { type Faulty, faulty, setAt } from "./faulty.ts";
import { FIELD_FAULT_KINDS, FIELD_FAULTS } from "./field-faults.ts";
import { GOODS_FAULT_KINDS, GOODS_FAULTS } from "./goods-faults.ts";
import { LINE_FAULT_KINDS, LINE_FAULTS } from "./line-faults.ts";
import { UNIT_FAULT_KINDS, UNIT_FAULTS } from "./unit-faults.ts";

/** Ways in which a model's answer is plausible and wrong. */
export const FAULT_KINDS = [
  "a digit swapped",
  "a decimal comma lost",
  "a line dropped",
  "a line invented",
  "two lines merged",
  "a total off by 0.01",
  "currency changed",
  "date day/month swapped",
  "vendor replaced",
  "a weight scaled by 1000",
  "kilograms taken for tonnes",
  "all amounts negated",
  "document type changed",
  "vendor and buyer swapped",
  "texts of two lines swapped",
  "amounts scaled by 1000",
  "the tax taken for paid",
  "the tax taken for rounding",
  "the tax removed",
  "a bill taken for paid",
  ...LINE_FAULT_KINDS,
  ...FIELD_FAULT_KINDS,
  ...GOODS_FAULT_KINDS,
  ...UNIT_FAULT_KINDS,
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Each makes every variant of itself that a truth, and the page that it is printed on, allow. */
export const FAULTS: Readonly<Record<FaultKind, (truth: Facts, printed: PrintedDocument) => readonly Faulty[]>> = {
  "a digit swapped": (truth) => numbersChanged(truth, digitsSwapped),
  "a decimal comma lost": (truth) => numbersChanged(truth, commaLost),
  "a line dropped": linesDropped,
  "a line invented": linesInvented,
  "two lines merged": linesMerged,
  "a total off by 0.01": totalsOff,
  "currency changed": currencyChanged,
  "date day/month swapped": datesSwapped,
  "vendor replaced": vendorReplaced,
  "a weight scaled by 1000": weightsScaled,
  "kilograms taken for tonnes": unitsTaken,
  "all amounts negated": amountsNegated,
  "document type changed": typeChanged,
  "vendor and buyer swapped": partiesSwapped,
  "texts of two lines swapped": textsSwapped,
  "amounts scaled by 1000": amountsScaled,
  "the tax taken for paid": taxPaid,
  "the tax taken for rounding": taxRounded,
  "the tax removed": taxRemoved,
  "a bill taken for paid": billPaid,
  ...LINE_FAULTS,
  ...FIELD_FAULTS,
  ...GOODS_FAULTS,
  ...UNIT_FAULTS,
};

function numbersChanged(truth: Facts, change: (decimal: string) => readonly string[]): Faulty[] {
  return factValues(truth)
    .filter(({ kind }) => kind === "number")
    .flatMap(({ path, value }) =>
      [...new Set(change(value))]
        .filter((changed) => Number(changed) !== Number(value))
        .map((changed) =>
          faulty(`${path}: ${value} read as ${changed}`, truth, (facts) => setAt(facts, path, changed)),
        ),
    );
}

/** Each pair of neighbours that are not alike. */
function digitsSwapped(decimal: string): string[] {
  const digits = [...decimal.matchAll(/\d/g)].map(({ index }) => index);
  return digits.slice(1).flatMap((second, at) => {
    const first = digits[at] ?? 0;
    if (decimal[first] === decimal[second]) return [];
    const characters = [...decimal];
    [characters[first], characters[second]] = [characters[second] ?? "", characters[first] ?? ""];
    return canonicalDecimal(characters.join("")) ?? [];
  });
}

function commaLost(decimal: string): string[] {
  return decimal.includes(".") ? [canonicalDecimal(decimal.replace(".", "")) ?? decimal] : [];
}

function linesDropped(truth: Facts): Faulty[] {
  return truth.lines.map((_, index) => faulty(`/lines/${index} dropped`, truth, ({ lines }) => lines.splice(index, 1)));
}

/** A line once more, and a line that is nowhere. */
function linesInvented(truth: Facts): Faulty[] {
  return truth.lines.flatMap((line, index) => [
    faulty(`/lines/${index} repeated`, truth, ({ lines }) => lines.splice(index, 0, structuredClone(line))),
    faulty(`/lines/${index} followed by another`, truth, ({ lines }) =>
      lines.splice(index + 1, 0, {
        ...structuredClone(line),
        description: "Handling fee",
        quantity: "1",
        unit_price: "48.73",
        amount: "48.73",
      }),
    ),
  ]);
}

function linesMerged(truth: Facts): Faulty[] {
  return truth.lines.slice(1).map((second, index) =>
    faulty(`/lines/${index} and /lines/${index + 1} merged`, truth, ({ lines }) => {
      const first = lines[index];
      if (first === undefined) return;
      const merged = {
        ...first,
        description: `${first.description ?? ""} ${second.description ?? ""}`.trim(),
        quantity: sumOf(first.quantity, second.quantity),
        amount: sumOf(first.amount, second.amount),
      };
      lines.splice(index, 2, merged);
    }),
  );
}

/** Nothing where neither is stated. */
function sumOf(one: string | null, other: string | null): string | null {
  return one === null && other === null ? null : sumDecimals([one ?? "0", other ?? "0"]);
}

function totalsOff(truth: Facts): Faulty[] {
  const fields = ["net", "allowances", "charges", "tax_basis", "tax", "gross", "prepaid", "withheld", "due"] as const;
  return fields.flatMap((field) => {
    const value = truth.totals[field];
    if (value === null) return [];
    return ["0.01", "-0.01"].map((cent) =>
      faulty(`/totals/${field} ${cent}`, truth, ({ totals }) => {
        totals[field] = sumDecimals([value, cent]);
      }),
    );
  });
}

function currencyChanged(truth: Facts): Faulty[] {
  return ["USD", "GBP", "CHF", "EUR"]
    .filter((currency) => truth.currency !== null && currency !== truth.currency)
    .map((currency) =>
      faulty(`/currency ${currency}`, truth, (facts) => {
        facts.currency = currency;
      }),
    );
}

function datesSwapped(truth: Facts): Faulty[] {
  return (["document_date", "due_date"] as const).flatMap((field) => {
    const [year, month = "", day = ""] = truth[field]?.split("-") ?? [];
    if (year === undefined || Number(day) > 12 || day === month) return [];
    return faulty(`/${field} ${year}-${day}-${month}`, truth, (facts) => {
      facts[field] = `${year}-${day}-${month}`;
    });
  });
}

function vendorReplaced(truth: Facts): Faulty[] {
  const replaced = {
    name: "Hansekontor Import GmbH",
    street: "Speicherstadt 4",
    postal_code: "20457",
    city: "Hamburg",
    country: "DE",
    tax_ids: [{ scheme: "vat" as const, value: "DE811234567" }],
  };
  return [
    faulty("/vendor/name", truth, ({ vendor }) => {
      if (vendor !== null) vendor.name = replaced.name;
    }),
    faulty("/vendor", truth, (facts) => {
      facts.vendor = replaced;
    }),
  ];
}

function weightsScaled(truth: Facts): Faulty[] {
  return factValues(truth)
    .filter(({ path }) => /_weight\/value$/.test(path))
    .flatMap(({ path, value }) => [
      faulty(`${path} × 1000`, truth, (facts) => setAt(facts, path, canonicalDecimal(`${shifted(value)}`) ?? value)),
    ]);
}

/** Every unit at once, so that weights go on adding up. */
function unitsTaken(truth: Facts): Faulty[] {
  const units = factValues(truth).filter(({ path, value }) => path.endsWith("_weight/unit") && /^kgm?$/i.test(value));
  if (units.length === 0) return [];
  return [
    faulty("every weight", truth, (facts) => {
      for (const { path } of units) setAt(facts, path, "TNE");
    }),
  ];
}

/** With the lines' quantities turned round, or their prices: either way everything adds up. */
export function amountsNegated(truth: Facts): Faulty[] {
  const amounts =
    /^\/totals\/(?:net|allowances|charges|tax_basis|tax|gross|prepaid|withheld|rounding|due)$|\/(?:basis|amount|discount_amount)$/;
  return ["quantity", "unit_price"].flatMap((factor) => {
    const negated = factValues(truth).filter(
      ({ path, value }) => (amounts.test(path) || path.endsWith(`/${factor}`)) && Number(value) !== 0,
    );
    return negated.length === 0
      ? []
      : faulty(`every amount and ${factor} negated`, truth, (facts) => {
          for (const { path, value } of negated)
            setAt(facts, path, value.startsWith("-") ? value.slice(1) : `-${value}`);
        });
  });
}

/** To each other type. */
function typeChanged(truth: Facts): Faulty[] {
  return extractionFactsSchema.shape.document_type.options
    .filter((type) => type !== truth.document_type)
    .map((type) =>
      faulty(`/document_type ${type}`, truth, (facts) => {
        facts.document_type = type;
      }),
    );
}

/** The parties as a whole, and their names only. */
function partiesSwapped(truth: Facts): Faulty[] {
  const { vendor, buyer } = truth;
  if (vendor === null || buyer === null) return [];
  return [
    faulty("/vendor and /buyer swapped", { ...truth, vendor: buyer, buyer: vendor }, () => {}),
    faulty("/vendor/name and /buyer/name swapped", truth, (facts) => {
      facts.vendor = { ...vendor, name: buyer.name };
      facts.buyer = { ...buyer, name: vendor.name };
    }),
  ];
}

/** Of neighbours, and of the first and the last: their descriptions, their items' numbers, everything. */
function textsSwapped(truth: Facts): Faulty[] {
  const numbers = ["seller_item_number", "buyer_item_number", "gtin"] as const;
  const last = truth.lines.length - 1;
  const pairs = truth.lines.slice(1).map((_, index) => [index, index + 1] as const);
  if (last > 1) pairs.push([0, last]);
  return pairs.flatMap(([a, b]) =>
    [["description"] as const, numbers, ["description", ...numbers] as const].flatMap((fields) => {
      const [first, second] = [truth.lines[a], truth.lines[b]];
      if (first === undefined || second === undefined) return [];
      if (fields.every((field) => first[field] === second[field])) return [];
      return faulty(`${fields.join()} of /lines/${a} and /lines/${b} swapped`, truth, ({ lines }) => {
        for (const field of fields) {
          Object.assign(lines[a] ?? {}, { [field]: second[field] });
          Object.assign(lines[b] ?? {}, { [field]: first[field] });
        }
      });
    }),
  );
}

/** Times a thousand. */
function shifted(decimal: string): string {
  const [whole = "0", fraction = ""] = decimal.split(".");
  const digits = fraction.padEnd(3, "0");
  return `${whole}${digits.slice(0, 3)}.${digits.slice(3)}0`;
}

const AMOUNT = /\/(?:amount|unit_price|discount_amount|basis)$|^\/totals\/[a-z_]+$/;

/** All of them, as if the mark between thousands began the fraction, or the other way round: everything still adds up. */
function amountsScaled(truth: Facts): Faulty[] {
  const amounts = factValues(truth).filter(
    ({ path, kind }) => kind === "number" && AMOUNT.test(path) && path !== "/totals/packages",
  );
  return (["0.001", "1000"] as const)
    .filter(() => truth.totals.gross !== null)
    .map((factor) =>
      faulty(`amounts × ${factor}`, truth, (facts) => {
        for (const { path, value } of amounts) setAt(facts, path, multiplyDecimals(value, factor));
      }),
    );
}

/** What is taxed and the tax, where there is one and the bill is not paid yet. */
function billOf({ totals }: Facts): { readonly basis: string; readonly tax: string } | undefined {
  const { net, tax_basis, tax, prepaid } = totals;
  const basis = tax_basis ?? net;
  const isTaxed = basis !== null && tax !== null && Number(tax) !== 0 && Number(prepaid ?? "0") === 0;
  return isTaxed && totals.gross !== null ? { basis, tax } : undefined;
}

function taxPaid(truth: Facts): Faulty[] {
  const bill = billOf(truth);
  if (bill === undefined) return [];
  const change = (what: string, prepaid: string, due: string | null) =>
    faulty(`${what} prepaid`, truth, ({ totals }) => Object.assign(totals, { prepaid, due }));
  return [
    change("tax", bill.tax, bill.basis),
    change("basis", bill.basis, bill.tax),
    change("tax, and nothing due,", bill.tax, null),
  ];
}

function billPaid(truth: Facts): Faulty[] {
  const { gross, prepaid } = truth.totals;
  if (gross === null || Number(prepaid ?? "0") !== 0) return [];
  return ["0.00", null].map((due) =>
    faulty(`everything prepaid, due ${due}`, truth, ({ totals }) => Object.assign(totals, { prepaid: gross, due })),
  );
}

function taxRounded(truth: Facts): Faulty[] {
  const bill = billOf(truth);
  if (bill === undefined) return [];
  const rounding = subtractDecimals("0", bill.tax);
  return [
    faulty("tax rounded off", truth, ({ totals }) => Object.assign(totals, { rounding, due: bill.basis })),
    faulty("tax rounded off the total", truth, ({ totals }) =>
      Object.assign(totals, { rounding, gross: bill.basis, due: bill.basis }),
    ),
  ];
}

/** With and without the rates of the lines, and as if nothing was taxed. */
function taxRemoved(truth: Facts): Faulty[] {
  const bill = billOf(truth);
  if (bill === undefined) return [];
  const { basis } = bill;
  const untaxed = { tax: null, tax_by_rate: [], gross: basis, due: basis };
  const exempt = { rate: "0", category: "E", basis, amount: "0.00" };
  return [
    faulty("tax left out", truth, ({ totals }) => Object.assign(totals, untaxed)),
    faulty("tax and rates left out", truth, ({ totals, lines }) => {
      Object.assign(totals, untaxed);
      for (const line of lines) line.tax_rate = null;
    }),
    faulty("tax of zero", truth, ({ totals, lines }) => {
      Object.assign(totals, untaxed, { tax: "0.00", tax_by_rate: [exempt] });
      for (const line of lines) line.tax_rate = "0";
    }),
  ];
}
