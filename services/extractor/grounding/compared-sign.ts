import type { Decimal, Facts } from "@flowstate/contracts";
import { compareDecimals, sumDecimals } from "../decimal-arithmetic.ts";
import type { FactValue } from "./fact-values.ts";
import type { PrintedSign } from "./printed/printed-sign.ts";

export type Sign = Exclude<PrintedSign, "unclear">;

/** What is stated positive however it is printed (allowances, prepayments, discounts) is not among them. */
const AMOUNTS =
  /^\/totals\/(?:net|tax_basis|tax|gross|due)$|^\/totals\/tax_by_rate\/\d+\/(?:basis|amount)$|^\/lines\/\d+\/amount$/;
const PRICE = /^\/lines\/\d+\/unit_price$/;
const QUANTITY = /^\/lines\/\d+\/quantity$/;

/** Whether a number that is printed with this sign may be one that was read with that. */
export function agrees(printed: PrintedSign, wanted: Sign | undefined): boolean {
  return wanted === undefined || printed === "unclear" || printed === wanted;
}

/**
 * Which sign a number must be printed with; undefined where its size is enough. All amounts of a document turned round add
 * up as well as they did before, so whatever has the sign of the whole must be printed with it. What has the other sign is
 * a deduction: pages print it with and without a minus (`Discount 5.00`), and the sums know which it is.
 */
export function comparedSign(facts: Facts): (fact: FactValue) => Sign | undefined {
  const whole = signOf(firstNonZero(wholesOf(facts)));
  return ({ path, value, line }) => {
    const sign = signOf(value);
    if (AMOUNTS.test(path)) return sign === whole ? sign : undefined;
    // Without an amount nothing else says that a price is below nothing; with one, pages print it on either of them.
    if (PRICE.test(path)) return sign === "minus" && isUnbilled(facts, line) ? sign : undefined;
    if (line === undefined || !QUANTITY.test(path)) return undefined;
    // A page that takes goods back prints their number, the amount has the minus.
    const isTakenBack = sign === "minus" && signOf(facts.lines[line]?.amount ?? "0") === "minus";
    return isTakenBack ? undefined : sign;
  };
}

function isUnbilled({ lines }: Facts, line: number | undefined): boolean {
  return line !== undefined && lines[line]?.amount === null;
}

/** What says whether the document as a whole asks for money or gives it back, the most certain first. */
function wholesOf({ totals: { gross, tax_basis, net, due }, lines }: Facts): readonly (Decimal | null)[] {
  return [gross, tax_basis, net, due, sumDecimals(lines.flatMap(({ amount }) => amount ?? []))];
}

function firstNonZero(decimals: readonly (Decimal | null)[]): Decimal {
  return decimals.find((decimal) => decimal !== null && compareDecimals(decimal, "0") !== 0) ?? "0";
}

function signOf(decimal: Decimal): Sign | undefined {
  const order = compareDecimals(decimal, "0");
  if (order === 0) return undefined;
  return order < 0 ? "minus" : "plus";
}
