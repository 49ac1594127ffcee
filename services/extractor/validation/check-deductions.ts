import type { Decimal, Facts } from "@flowstate/contracts";
import { compareDecimals } from "../decimal-arithmetic.ts";
import { namesPayment, namesWithholding } from "../grounding/amounts/total-labels.ts";
import type { PlacedNumber, PrintedDocument } from "../grounding/printed/printed-document.ts";
import { labelBefore, labelsAbove } from "../grounding/printed/printed-label.ts";
import { placesOfMoney } from "../grounding/printed/printed-money.ts";
import { magnitude } from "../grounding/printed/printed-number.ts";
import type { Finding } from "./finding.ts";

/** What lies between the sum of the lines and what is to be paid. */
const DEDUCTIONS = ["allowances", "charges", "prepaid", "withheld", "rounding", "due"] as const;

/** Places of one amount whose labels are read: more are looked at only where somebody wants it to take long. */
const MAX_LABELLED = 200;

/**
 * Whether what changes the amount to be paid is printed for itself. A page prints many amounts, and two of them always add
 * up to the total (net and tax): taken for a prepayment and the rest, they would turn a bill into a smaller one that is
 * printed in every figure. So each needs one more place on the page than the other totals and the lines of its size. For
 * what comes after the tax, no row of a table of taxes is one; a payment of the whole has to be called one, and so has what
 * is withheld. What is due is no deduction where it is the only total.
 */
export function checkDeductions(facts: Facts, printed: PrintedDocument): Finding[] {
  const { totals, lines, currency } = facts;
  // The net total is what is taxed unless something is deducted, and is then printed once.
  const others = [new Set([sizeOf(totals.net), sizeOf(totals.tax_basis)]), sizeOf(totals.tax), sizeOf(totals.gross)];
  const amounts = lines.map(({ amount }) => sizeOf(amount));
  return DEDUCTIONS.flatMap((name) => {
    const size = sizeOf(totals[name]);
    const isRepeated = name === "due" && (totals.gross === null || size === sizeOf(totals.gross));
    if (size === undefined || isRepeated) return [];
    const places = placesOfMoney(size, currency, printed);
    const taken = [...others, ...amounts].filter((other) => (other instanceof Set ? other.has(size) : other === size));
    // Freight may be all that is taxed at its rate, and have its tax beside it.
    const isPartOfBasis = name === "allowances" || name === "charges";
    const inTaxTable = isPartOfBasis ? new Set() : rowsOfTaxTable(size, facts, printed);
    const free = places.filter(({ row }) => !inTaxTable.has(row));
    const isWhole = name === "prepaid" && totals.prepaid !== null && isSame(totals.prepaid, totals.gross);
    const isOwn =
      isWhole || name === "withheld"
        ? isCalled(name === "withheld" ? namesWithholding : namesPayment, free, printed)
        : free.filter((place) => name !== "prepaid" || !isCalled(namesWithholding, [place], printed)).length >
          taken.length;
    return places.length === 0 || isOwn ? [] : [{ rule: "total_not_on_page", path: `/totals/${name}` } as const];
  });
}

/** Whether an amount of this size, without sign and trailing zeros, is printed behind the words for withheld tax. */
export function isCalledWithheld(size: string, currency: string | null, printed: PrintedDocument): boolean {
  return isCalled(namesWithholding, placesOfMoney(size, currency, printed), printed);
}

/** Every bill prints its total often enough for a payment of all of it: there the page has to say that it is one. */
function isCalled(
  names: (label: string) => boolean,
  places: readonly PlacedNumber[],
  printed: PrintedDocument,
): boolean {
  return places.slice(0, MAX_LABELLED).some((place) => {
    const label = labelBefore(place, printed);
    return /\p{L}{2}/u.test(label) ? names(label) : labelsAbove(place, printed).some(names);
  });
}

/** The rows in which an amount of this size is the basis or the tax of a rate, because they print the rest of it, too. */
function rowsOfTaxTable(size: string, { totals, currency }: Facts, printed: PrintedDocument): ReadonlySet<number> {
  const places = totals.tax_by_rate.flatMap(({ rate, basis, amount }) => {
    const sizes = [sizeOf(basis), sizeOf(amount)];
    if (!sizes.includes(size)) return [];
    const rates = rate === null || magnitude(rate) === size ? [] : (printed.numbersByValue.get(magnitude(rate)) ?? []);
    const others = sizes.flatMap((other) => (other === undefined || other === size ? [] : other));
    return [...rates, ...others.flatMap((other) => placesOfMoney(other, currency, printed))];
  });
  return new Set(places.map(({ row }) => row));
}

function isSame(amount: Decimal, other: Decimal | null): boolean {
  return other !== null && compareDecimals(amount, other) === 0;
}

/** Without sign and trailing zeros; undefined for nothing. */
function sizeOf(amount: Decimal | null): string | undefined {
  const size = amount === null ? "0" : magnitude(amount);
  return size === "0" ? undefined : size;
}
