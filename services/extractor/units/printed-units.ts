import { unitCodeOf } from "./unit-code.ts";

/** Words that a unit has at most (`lfd. m`), and how many more are looked at, in UTF-16 units. */
const MAX_WORDS = 2;
const MAX_LENGTH = 32;
/** What may stand around a word; `Tag(e)` keeps its bracket. */
const EDGES = /^[([]|[,;:\]]+$|(?<!\(\p{L}{1,2})\)[,;:]?$/gu;
/** What says in a heading that the unit follows: `Menge in kg`, `Qty (pcs)`, `Menge/kg`. */
const UNIT_IN_HEADING = /(?:\bin|[/([])\s*(?<unit>[^\s()[\]]+)/gu;
/** A heading of so many words may end with its unit. */
const MAX_HEADING_WORDS = 3;
/** Headings that call a column the one for units. */
const ANY_UNIT = "C62";

/** The code of the unit that a text begins with, which stands behind a number. */
export function unitBehind(text: string): string | undefined {
  const words = wordsOf(text.slice(0, MAX_LENGTH));
  return codeOfFirst([words.slice(0, MAX_WORDS), words.slice(0, 1)]);
}

/** The code of the unit that a text ends with, which stands before a number. */
export function unitBefore(text: string): string | undefined {
  const words = wordsOf(text.slice(-MAX_LENGTH));
  return codeOfFirst([words.slice(-MAX_WORDS), words.slice(-1)]);
}

/** The codes of the units that a heading names for its column: it is one itself, or says in which it counts. */
export function unitsOfHeading(text: string): readonly string[] {
  const named = [...text.matchAll(UNIT_IN_HEADING)].map(({ groups }) => groups?.["unit"] ?? "");
  const words = wordsOf(text);
  const last = words.length > MAX_HEADING_WORDS ? "" : (words.at(-1) ?? "");
  const units = [text, ...named, ...(last.length > 1 ? [last] : [])].flatMap((unit) => unitCodeOf(unit) ?? []);
  return units.filter((code) => code !== ANY_UNIT);
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).flatMap((word) => word.replace(EDGES, "") || []);
}

function codeOfFirst(candidates: readonly (readonly string[])[]): string | undefined {
  for (const words of candidates) {
    const code = words.length === 0 ? undefined : unitCodeOf(words.join(" "));
    if (code !== undefined) return code;
  }
  return undefined;
}
