import type { Facts } from "@flowstate/contracts";
import { CURRENCY_SIGNS } from "./currency-signs.ts";
import type { PlacedNumber, PrintedDocument } from "./printed-document.ts";
import { placesOfMoney } from "./printed-money.ts";

/** The others are words, too, of which a page says nothing about money. */
const CODES = Object.keys(CURRENCY_SIGNS).filter((code) => !["BOB", "GEL", "MAD", "PEN", "TRY"].includes(code));
/** Each code, and each sign with the currencies that it may stand for. */
const CURRENCIES_OF: ReadonlyMap<string, ReadonlySet<string>> = currenciesByMark();
/** Of one amount: more are looked at only where somebody wants it to take long. */
const MAX_PLACES = 200;
/** What touches a number, or stands alone beside it: its longest run without digits and spaces. */
const MARK_BEFORE = /([^\d\s()[\]:;+-]+) ?$/u;
const MARK_AFTER = /^ ?([^\d\s()[\]:;+,-]+)/u;

/**
 * Whether a document says that its amounts are in this currency. The marks beside its total decide, where there are any: a
 * code, or a sign while the code of no other currency with that sign is printed. Elsewhere it is the code that counts, or a
 * sign while no other code is printed, because a sign alone is weak and is printed for other things, too.
 */
export function isPrintedCurrency({ currency, totals }: Facts, printed: PrintedDocument): boolean {
  if (currency === null) return false;
  const total = [totals.gross, totals.due].flatMap((amount) => amount ?? []);
  const marked = currenciesAt(
    total.flatMap((amount) => placesOfMoney(amount, currency, printed).slice(0, MAX_PLACES)),
    printed,
  );
  const { text } = printed;
  if (marked.size > 0) {
    const isAmbiguous = [...marked].some((other) => other !== currency && text.has(other));
    return marked.has(currency) && (text.has(currency) || !isAmbiguous);
  }
  const signs = CURRENCY_SIGNS[currency] ?? [];
  return text.has(currency) || (signs.some((sign) => text.has(sign)) && !CODES.some((other) => text.has(other)));
}

/** Whether a document says that its amounts are in another currency: by its code in capital letters, or beside amounts. */
export function isOtherCurrency(facts: Facts, printed: PrintedDocument): boolean {
  if (facts.currency === null || isPrintedCurrency(facts, printed)) return false;
  const isCode = (word: string) => CODES.includes(word);
  const codes = printed.rows.some(({ cells }) =>
    cells.some(({ text }) => text.match(/(?<!\p{L})[A-Z]{3}(?!\p{L})/gu)?.some(isCode) === true),
  );
  return codes || currenciesAt(printed.numbers.slice(0, MAX_PLACES), printed).size > 0;
}

/** Which currencies the marks beside these numbers may stand for; none where there are no marks. */
function currenciesAt(places: readonly PlacedNumber[], printed: PrintedDocument): ReadonlySet<string> {
  return new Set(places.flatMap((place) => marksBeside(place, printed).flatMap((mark) => [...mark])));
}

/** Whether a number is marked as an amount of money: by a currency's code or sign that touches it, or stands alone beside it. */
export function isMarkedAsMoney(number: PlacedNumber, printed: PrintedDocument): boolean {
  return marksBeside(number, printed).length > 0;
}

function marksBeside(
  { row, cellLeft, start, end }: PlacedNumber,
  { rows }: PrintedDocument,
): readonly ReadonlySet<string>[] {
  const cells = rows[row]?.cells ?? [];
  const at = cells.findIndex(({ left }) => left === cellLeft);
  const text = cells[at]?.text ?? "";
  const beside = [
    MARK_BEFORE.exec(text.slice(0, start))?.[1],
    MARK_AFTER.exec(text.slice(end))?.[1],
    ...(start === 0 ? [cells[at - 1]?.text] : []),
    ...(end === text.length ? [cells[at + 1]?.text] : []),
  ];
  return beside.flatMap((mark) => CURRENCIES_OF.get(mark?.trim() ?? "") ?? []);
}

function currenciesByMark(): ReadonlyMap<string, ReadonlySet<string>> {
  const marks = new Map<string, Set<string>>();
  for (const [code, signs] of Object.entries(CURRENCY_SIGNS)) {
    for (const mark of [code, ...signs]) marks.set(mark, (marks.get(mark) ?? new Set()).add(code));
  }
  return marks;
}
