import type { Facts } from "@flowstate/contracts";
import { divideDecimals, roundDecimal, subtractDecimals } from "../decimal-arithmetic.ts";
import { amountsNegated } from "./faults.ts";
import type { Faulty } from "./faulty.ts";

/** Ways in which the data inside a document says something else than its pages, and is right in itself. */
export const E_INVOICE_FAULT_KINDS = [
  "data: another total",
  "data: another invoice without tax",
  "data: another invoice with tax",
  "data: another currency",
  "data: all amounts negated",
] as const;
export type EInvoiceFaultKind = (typeof E_INVOICE_FAULT_KINDS)[number];

/** `printed`: the amounts of the pages but for the totals that the truth states, so that each is printed somewhere. */
export const E_INVOICE_FAULTS: Readonly<
  Record<EInvoiceFaultKind, (truth: Facts, printed: readonly string[]) => readonly Faulty[]>
> = {
  "data: another total": (truth, printed) =>
    printed.map((total) => ({
      what: `total ${total}`,
      facts: { ...truth, totals: { ...truth.totals, gross: total, due: total, prepaid: null } },
    })),
  "data: another invoice without tax": (truth, printed) =>
    printed.map((total) => ({ what: `untaxed ${total}`, facts: another(truth, total, "0") })),
  "data: another invoice with tax": (truth, printed) =>
    printed.map((total) => ({ what: `taxed ${total}`, facts: another(truth, total, "19") })),
  "data: another currency": (truth) =>
    ["USD", "CHF", "GBP", "EUR", "JPY"]
      .filter((currency) => currency !== truth.currency)
      .map((currency) => ({ what: currency, facts: { ...truth, currency } })),
  // A credit note may be printed with a minus and without: its title says which way the money goes.
  "data: all amounts negated": (truth) => (truth.document_type === "invoice" ? amountsNegated(truth).slice(0, 1) : []),
};

/** One line, whose total with tax is this amount. */
function another(truth: Facts, gross: string, rate: string): Facts {
  const basis = roundDecimal(divideDecimals(gross, `1.${rate.padStart(2, "0")}`) ?? gross, 2);
  const tax = subtractDecimals(gross, basis);
  const [line] = truth.lines;
  if (line === undefined) return truth;
  return {
    ...truth,
    lines: [{ ...line, quantity: "1", unit_price: basis, discount_amount: null, tax_rate: rate, amount: basis }],
    totals: {
      ...truth.totals,
      ...{ net: basis, allowances: null, charges: null, tax_basis: basis, tax, gross, prepaid: null, rounding: null },
      tax_by_rate: [{ rate, category: null, basis, amount: tax }],
      due: gross,
    },
  };
}
