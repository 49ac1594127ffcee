import { dateMeanings } from "../labels/date-words.ts";
import type { SlashedDate } from "./dates-in-digits.ts";
import { isoDate } from "./iso-date.ts";
import { decimalMark } from "./printed-number.ts";

/** Which of the first two numbers of `05/03/2026` is the day. */
export type DateOrder = "day_first" | "month_first";

/** Such a date, and which of the texts it is in. */
export interface PlacedSlashedDate extends SlashedDate {
  readonly text: number;
}

const ORDERS: readonly DateOrder[] = ["day_first", "month_first"];
const DAY_MS = 86_400_000;
/** More dates are a calendar, whose differences are those of anything. */
const MAX_COMPARED = 20;
/** How many days there are to pay, in folded text: `30 days`, `net 30`. */
const TERMS =
  /(?<![\d.,/-])(\d{1,3}) ?(?:days?|tagen?|jours?|giorni|dias|dagen|dagar|dage|dager|dni)(?!\p{L})|(?<!\p{L})net(?:to)? (\d{1,3})(?![\d.,/%-])/gu;

/**
 * Words that are printed where the month comes first, in folded text: taxes, numbers and addresses of the United States. Where
 * they stand with words of another country, or with those of one that has both orders (Canada, the Philippines), nothing follows.
 */
const AMERICAN =
  /(?<!\p{L})(?:sales tax|state tax|ein(?=[ :#.no]*\d{2}-\d{7}(?!\d))|federal (?:tax )?id|routing (?:no|number)|zip(?: code)?|u\.?s\.?a|united states)(?!\p{L})|, (?:a[klrz]|c[aot]|d[ce]|fl|ga|hi|i[adln]|k[sy]|la|m[adeinost]|n[cdehjmvy]|o[hkr]|pa|ri|s[cd]|t[nx]|ut|v[at]|w[aivy]) \d{5}(?:-\d{4})?(?!\d)/u;
const EITHER = /(?<!\p{L})(?:canada|quebec|hst|qst|pst|tps|tvq|philippines)(?!\p{L})/u;
/** What documents and their dates are called in languages of Europe: outside Canada they have the day first. */
const EUROPEAN =
  /(?<!\p{L})(?:datum|fecha|rechnung|lieferschein|bestellung|facture|bon de livraison|commande|fattura|documento di trasporto|ordine|factura|albaran|pedido|fatura|factuur|pakbon|bestelling|faktura|zamowienie|wydanie)(?!\p{L})/u;
/** Canada's tax, and that of countries where the day comes first, which their own numbers and currencies tell. */
const GST = /(?<!\p{L})gst(?!\p{L})/u;
const GST_DAY_FIRST = /(?<!\p{L})(?:gstin|[cis]gst|abn|aud|nzd|inr|sgd|myr)(?!\p{L})/u;
/** What value added tax is called, and numbers and currencies that only exist where the day comes first. */
const DAY_FIRST =
  /(?<!\p{L})(?:vat|mwst|ust|ust-?id\p{L}*|mehrwertsteuer|umsatzsteuer|tva|iva|btw|moms|mva|alv|dph|afa|ddv|pdv|kdv|φπα|ндс|пдв|ддс|gstin|[cis]gst|abn|iban|gbp)(?!\p{L})|£/u;

/**
 * Which order the dates of a document have that may be read in two: as a number above 12 in one of them tells, a date that is
 * printed once more in another way, the time between two of them by the terms of payment, that nothing is due before it is
 * issued, a comma before fractions, or words of a country. Undefined where nothing tells, or the dates have both orders.
 * `folded` are the document's texts, `others` the dates that can be read in one way only.
 */
export function dateOrder(
  dates: readonly PlacedSlashedDate[],
  folded: readonly string[],
  others: ReadonlySet<string>,
): DateOrder | undefined {
  const dayFirst = dates.some(({ first, second }) => first > 12 && second <= 12);
  const monthFirst = dates.some(({ first, second }) => second > 12 && first <= 12);
  if (dayFirst && monthFirst) return undefined;
  if (dayFirst) return "day_first";
  if (monthFirst) return "month_first";
  return (
    onlyOrder((order) => dates.some((date) => others.has(dateIn(order, date) ?? ""))) ??
    orderByDueDates(dates, folded) ??
    orderByTerms(dates, folded) ??
    (decimalMark(folded) === "," ? "day_first" : orderByWords(folded))
  );
}

/** ISO 8601; undefined where the calendar has no such day. */
export function dateIn(order: DateOrder, { first, second, year }: SlashedDate): string | undefined {
  return order === "day_first" ? isoDate(year, second, first) : isoDate(year, first, second);
}

/** The order of which something is true, if it is not true of both. */
function onlyOrder(isTrueOf: (order: DateOrder) => boolean): DateOrder | undefined {
  const [order, another] = ORDERS.filter(isTrueOf);
  return another === undefined ? order : undefined;
}

function orderByDueDates(dates: readonly PlacedSlashedDate[], folded: readonly string[]): DateOrder | undefined {
  const called = dates.slice(0, MAX_COMPARED).map((date) => ({
    date,
    meanings: dateMeanings(folded[date.text]?.slice(0, date.start) ?? "", "invoice"),
  }));
  const due = called.filter(({ meanings }) => meanings.has("due"));
  const issued = called.filter(
    ({ meanings }) => !meanings.has("due") && (meanings.has("issued") || meanings.has("dated")),
  );
  if (due.length === 0 || issued.length === 0) return undefined;
  return onlyOrder((order) =>
    due.every((end) => issued.every((start) => (daysBetween(order, start.date, end.date) ?? -1) >= 0)),
  );
}

function orderByTerms(dates: readonly PlacedSlashedDate[], folded: readonly string[]): DateOrder | undefined {
  const terms = new Set(
    folded.flatMap((text) => [...text.matchAll(TERMS)].map(([, days, net]) => Number(days ?? net))),
  );
  if (terms.size === 0 || dates.length > MAX_COMPARED) return undefined;
  return onlyOrder((order) =>
    dates.some((start) => dates.some((end) => end !== start && terms.has(daysBetween(order, start, end) ?? -1))),
  );
}

function daysBetween(order: DateOrder, start: SlashedDate, end: SlashedDate): number | undefined {
  const [from, to] = [dateIn(order, start), dateIn(order, end)];
  return from === undefined || to === undefined ? undefined : (Date.parse(to) - Date.parse(from)) / DAY_MS;
}

function orderByWords(folded: readonly string[]): DateOrder | undefined {
  const says = (words: RegExp) => folded.some((text) => words.test(text));
  if (says(EITHER) || (says(GST) && !says(GST_DAY_FIRST))) return undefined;
  const isDayFirst = [DAY_FIRST, GST_DAY_FIRST, EUROPEAN].some(says);
  if (says(AMERICAN) === isDayFirst) return undefined;
  return isDayFirst ? "day_first" : "month_first";
}
