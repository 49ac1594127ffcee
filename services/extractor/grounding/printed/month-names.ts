import { foldedText } from "./folded-text.ts";
import { LANGUAGES } from "./languages.ts";

/**
 * What a month is called, by the tables of Unicode (CLDR) that are part of Node: by itself and within a date, in full and
 * shortened, because many languages decline it (`listopad`, `9 listopada`).
 */

const STYLES: readonly Intl.DateTimeFormatOptions[] = [
  { month: "long" },
  { month: "short" },
  { month: "long", year: "numeric" },
  { day: "numeric", month: "long", year: "numeric" },
  { day: "numeric", month: "short", year: "numeric" },
];
/** What people write and CLDR does not have, by month from 1. */
const OTHERS: ReadonlyMap<string, number> = new Map([
  ["feber", 2],
  ["maerz", 3],
  ["mrz", 3],
  ["mrt", 3],
  ["sept", 9],
]);
/** A beginning of a name with this many letters or more stands for it, where no other month of the language begins so. */
const ABBREVIATION_MIN_LENGTH = 3;
/** Of a name that inflects by what is before it: `de novembre`, `d'abril`. */
const ARTICLE = /^(?:de |d')/;
/** That some languages add to the name within a date: `azaroa`, `azaroaren 9a`. */
const ENDING = /^\p{L}+/u;
/** One word or two (`تشرين الثاني`, `พ.ย.`): what is numbered (`11月`, `tháng 11`) has no name. */
const NAME = /^\p{L}+(?: \p{L}+)?$/u;

type Form = readonly [form: string, month: number];
let table: ReadonlyMap<string, ReadonlySet<number>> | undefined;

/**
 * Which months, from 1, this folded name stands for in any language, in full or shortened: `listopad` is October in Zagreb
 * and November in Warsaw. The table takes some tens of milliseconds and is made when it is first asked for.
 */
export function monthsNamed(name: string): ReadonlySet<number> | undefined {
  table ??= monthsByForm();
  const form = dotless(name);
  // Hebrew writes `in November` as one word.
  return table.get(form) ?? (form.startsWith("ב") ? table.get(form.slice(1)) : undefined);
}

function monthsByForm(): ReadonlyMap<string, ReadonlySet<number>> {
  const languages = [OTHERS, ...LANGUAGES.map(namesIn)];
  const names = monthsOf(languages.flatMap((each) => [...each]));
  // `mar` is March wherever it is a name: that November begins so in Finland does not count.
  const beginnings = monthsOf(languages.flatMap(beginningsOf));
  return new Map([...beginnings, ...names]);
}

function monthsOf(forms: readonly Form[]): ReadonlyMap<string, ReadonlySet<number>> {
  const months = new Map<string, Set<number>>();
  for (const [form, month] of forms) months.set(form, (months.get(form) ?? new Set()).add(month));
  return months;
}

function namesIn(language: string): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (const style of STYLES) {
    const format = new Intl.DateTimeFormat(language, { ...style, timeZone: "UTC", calendar: "gregory" });
    for (let month = 1; month <= 12; month++) {
      const parts = format.formatToParts(Date.UTC(2026, month - 1, 9));
      const at = parts.findIndex(({ type }) => type === "month");
      const ending = ENDING.exec(parts[at + 1]?.value ?? "")?.[0] ?? "";
      const printed = foldedText(`${parts[at]?.value}${ending}`.normalize("NFKC"));
      const name = dotless(printed.replace(ARTICLE, "").replace(/\./g, " ").trim());
      if (NAME.test(name)) names.set(name, month);
    }
  }
  return names;
}

/** Shortened names that stand for one month of their language. */
function beginningsOf(names: ReadonlyMap<string, number>): readonly Form[] {
  const found = new Map<string, Set<number>>();
  for (const [name, month] of names) {
    for (let length = ABBREVIATION_MIN_LENGTH; length < name.length; length++) {
      const form = name.slice(0, length);
      found.set(form, (found.get(form) ?? new Set()).add(month));
    }
  }
  return [...found].flatMap(([form, months]) =>
    months.size === 1 ? [...months].map((month) => [form, month] as const) : [],
  );
}

/** Turkish has an i without a dot, which its capitals share with ours. */
function dotless(name: string): string {
  return name.replaceAll("ı", "i");
}
