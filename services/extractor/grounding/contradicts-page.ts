import type { Decimal, Facts } from "@flowstate/contracts";
import { compareDecimals, subtractDecimals, sumDecimals, withinTolerance } from "../decimal-arithmetic.ts";
import { checkDeductions } from "../validation/check-deductions.ts";
import { basisOf } from "../validation/check-totals.ts";
import { halfMinorUnit } from "../validation/minor-unit.ts";
import { sumOfLines } from "../validation/sum-of-lines.ts";
import { taxOf } from "../validation/taxed-lines.ts";
import { namesTotal } from "./amounts/total-labels.ts";
import { isTaxUnread } from "./amounts/unread-tax.ts";
import { agrees } from "./compared-sign.ts";
import { isMarkedAsMoney, isOtherCurrency } from "./printed/printed-currency.ts";
import type { PlacedNumber, PrintedDocument } from "./printed/printed-document.ts";
import { labelBefore, labelsAbove } from "./printed/printed-label.ts";
import { placesOfMoney, printedAmounts } from "./printed/printed-money.ts";
import { magnitude } from "./printed/printed-number.ts";
import { isTitledAsCredit } from "./title/printed-type.ts";

/** Numbers of a page without amounts whose labels are read: more are a table of something else. */
const MAX_LABELLED = 500;

/**
 * Whether there is anything on the pages that the totals of e-invoice data could be compared with: a letter around the data
 * prints no amounts. Data without totals needs nothing.
 */
export function isComparable(facts: Facts, printed: PrintedDocument): boolean {
  const { currency } = facts;
  const totals = totalsOf(facts);
  return (
    totals.length === 0 ||
    printedAmounts(currency, printed).length > 0 ||
    totals.some((total) => placesOfMoney(total, currency, printed).length > 0) ||
    roundTotals(printed).length > 0
  );
}

/** The totals that pages print without cents: behind the word for one, in a cell of their own or with a currency's mark. */
function roundTotals(printed: PrintedDocument): readonly PlacedNumber[] {
  const { numbers, rows } = printed;
  return numbers.slice(0, MAX_LABELLED).filter((number) => {
    if (number.isPercentage || !namesTotal(labelBefore(number, printed))) return false;
    const cell = rows[number.row]?.cells.find(({ left }) => left === number.cellLeft);
    const isAlone = number.start === 0 && number.end === cell?.text.length;
    return isAlone || isMarkedAsMoney(number, printed);
  });
}

/**
 * Whether the pages around e-invoice data ask for other money than the data does. The total and what of it is to be paid
 * have to stand where the page has its total, because a page prints many amounts; an invoice must have the page's sign;
 * nothing may be taken for a deduction, or be left out, that the page means otherwise; and the currency has to be the page's.
 */
export function contradictsPage(facts: Facts, printed: PrintedDocument): boolean {
  const { currency } = facts;
  const stated = totalsOf(facts);
  if (!hasTotals(facts)) return false;
  if (isOtherCurrency(facts, printed)) return true;
  if (!isComparable(facts, printed)) return false;
  // What is nothing is often left out: a page that says it is paid need not say 0.00.
  const owed = stated.filter((total) => !isNothing(total));
  return (
    owed.some((total) => placesOfMoney(total, currency, printed).length === 0) ||
    isTurnedRound(facts, printed) ||
    !(addsUpToTotal(facts, printed) || isGreatestTotal(owed.length > 0 ? owed : stated, currency, printed)) ||
    checkDeductions(facts, printed).some(({ path }) => path === "/totals/due") ||
    isTaxUnread(facts, printed)
  );
}

/**
 * Whether the page prints the total of an invoice, and only with the other sign. A credit note says by its title that the
 * money goes the other way, and a negative invoice may be printed as one: theirs are printed with a minus and without.
 */
function isTurnedRound(facts: Facts, printed: PrintedDocument): boolean {
  const [total] = totalsOf(facts);
  if (facts.document_type !== "invoice" || total === undefined || isNothing(total)) return false;
  const isNegative = compareDecimals(total, "0") < 0;
  if (isNegative && isTitledAsCredit(facts, printed.pages)) return false;
  const places = placesOfMoney(total, facts.currency, printed);
  // `(380)` behind a title is a code, whatever the total is.
  const asMoney = places.filter(({ hasCents }) => hasCents);
  const wanted = isNegative ? "minus" : "plus";
  return !(asMoney.length > 0 ? asMoney : places).some(({ sign }) => agrees(sign, wanted));
}

/** Whether data states a total that a page could contradict: despatch advices have none. */
export function hasTotals(facts: Facts): boolean {
  return totalsOf(facts).length > 0;
}

function totalsOf({ totals: { gross, due } }: Facts): readonly Decimal[] {
  return [gross, due].flatMap((total) => total ?? []);
}

/**
 * Whether one of these is printed where the page says that its total is, and nothing greater is: behind the word for it, or
 * below the word where no amount stands behind one.
 */
function isGreatestTotal(totals: readonly Decimal[], currency: string | null, printed: PrintedDocument): boolean {
  const sizes = new Set(totals.map(magnitude));
  const amounts = printedAmounts(currency, printed);
  if (amounts.length === 0)
    return roundTotals(printed).some(({ readings }) => readings.some((size) => sizes.has(size)));
  const behind = amounts.filter(({ place }) => namesTotal(labelBefore(place, printed)));
  if (behind.length > 0) return sizes.has(greatest(behind.map(({ size }) => size)));
  return amounts.some(({ place, size }) => sizes.has(size) && labelsAbove(place, printed).some(namesTotal));
}

function greatest([first = "0", ...others]: readonly string[]): string {
  return others.reduce((a, b) => (compareDecimals(a, b) < 0 ? b : a), first);
}

/** Whether the page prints what the total is made of: what is taxed and the tax, or the lines. */
function addsUpToTotal(facts: Facts, printed: PrintedDocument): boolean {
  const { totals, lines, currency } = facts;
  const isTotal = (parts: readonly Decimal[]) =>
    totals.gross !== null && withinTolerance(sumDecimals(parts), totals.gross, halfMinorUnit(currency));
  const isPrinted = (amount: Decimal) => placesOfMoney(amount, currency, printed).length > 0;
  const [basis, tax, net] = [basisOf(facts), taxOf(facts), sumOfLines(lines)];
  if (basis !== undefined && !isNothing(tax) && isTotal([basis, tax]) && isPrinted(basis) && isPrinted(tax))
    return true;
  const amounts = lines.flatMap(({ amount }) => (amount === null || isNothing(amount) ? [] : amount));
  if (net === undefined || amounts.length < 2) return false;
  const added = subtractDecimals(totals.charges ?? "0", totals.allowances ?? "0");
  return isTotal([net, added, tax]) && amounts.every(isPrinted) && (isNothing(tax) || isPrinted(tax));
}

function isNothing(amount: Decimal): boolean {
  return magnitude(amount) === "0";
}
