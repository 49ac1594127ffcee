import { withPlainDigits } from "./digits.ts";
import { withoutFootnotes } from "./footnotes.ts";

/**
 * Finds texts in a document whatever the white space, case, hyphens and ligatures: at the beginning of a word, to the end
 * of one. All places where a word begins are sorted once, so that a search takes a handful of comparisons however long the
 * document is and however often it says the same.
 */

/** What places are sorted by, in UTF-16 units: more would let a page of one letter take seconds. */
const KEY_LENGTH = 256;
/**
 * Places that are compared to their end in all searches together. A short number is the beginning of many longer ones; only
 * a document that was made for it has enough of them to come here. What is not found by then counts as not printed.
 */
const MAX_COMPARISONS = 5_000_000;
/** A longer text counts as printed when all of its words are near each other, because a table breaks it into pieces. */
const MIN_WORDS = 4;
/**
 * How far from the rarest of its words the others may stand, in letters: as far as a table puts the rows of a text apart by
 * what it prints beside them, and as many times the length of the text.
 */
const NEAR = 240;
const NEAR_FACTOR = 6;
/** A word with more places than this is everywhere. */
const MAX_PLACES = 200;
/** What is shown of the print on each side of a place, in UTF-16 units. */
const AROUND = 32;

/** What is printed directly before and behind a place. */
export interface Surroundings {
  readonly before: string;
  readonly behind: string;
}

interface Squeezed {
  /** Letters, digits and signs, without white space and hyphens. */
  readonly text: string;
  /** For each position, whether a word begins there; for the one behind the last, too. */
  readonly starts: readonly boolean[];
  /** Whether a word ends just before the position. */
  readonly ends: readonly boolean[];
  /** The print itself, and for each position where it is there. */
  readonly print: string;
  readonly origins: readonly number[];
}

export class PrintedText {
  readonly #squeezed: Squeezed;
  readonly #sorted: readonly { readonly key: string; readonly at: number }[];

  /** Lines repeat each other's words. */
  readonly #answers = new Map<string, boolean>();
  #comparisons = 0;

  /** Each passage is searched by itself. */
  constructor(passages: Iterable<string>) {
    this.#squeezed = squeezed([...passages].join("\n"));
    const { text, starts } = this.#squeezed;
    this.#sorted = Array.from({ length: text.length }, (_, at) => at)
      .filter((at) => starts[at] === true)
      .map((at) => ({ key: text.slice(at, at + KEY_LENGTH), at }))
      .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
  }

  has(value: string): boolean {
    const known = this.#answers.get(value) ?? this.#find(value);
    this.#answers.set(value, known);
    return known;
  }

  /** Whether all of these words are printed near each other. */
  hasNear(words: readonly string[]): boolean {
    const reach = NEAR + NEAR_FACTOR * words.join("").length;
    const places = words.map((word) => [...this.#places(word, MAX_PLACES + 1)].map(({ from }) => from));
    const [rarest, ...others] = places.filter(({ length }) => length <= MAX_PLACES).sort((a, b) => a.length - b.length);
    if (rarest === undefined) return true;
    return rarest.some((from) => others.every((other) => other.some((at) => Math.abs(at - from) <= reach)));
  }

  /** What stands around the places of a value, of too many around the first. */
  surroundings(value: string): readonly Surroundings[] {
    const { print, origins } = this.#squeezed;
    return [...this.#places(value, MAX_PLACES)].map(({ from, to }) => {
      const [start, end] = [origins[from] ?? 0, (origins[to - 1] ?? 0) + 1];
      return { before: print.slice(Math.max(0, start - AROUND), start), behind: print.slice(end, end + AROUND) };
    });
  }

  #find(value: string): boolean {
    return this.#places(value, 1).next().done !== true;
  }

  *#places(value: string, most: number): Generator<{ readonly from: number; readonly to: number }> {
    const { text: wanted } = squeezed(value.replace(/\s+/g, " "));
    if (wanted === "") return;
    const beginning = wanted.slice(0, KEY_LENGTH);
    let found = 0;
    for (let at = this.#firstFrom(beginning); this.#comparisons < MAX_COMPARISONS; at++, this.#comparisons++) {
      const place = this.#sorted[at];
      if (place === undefined || !place.key.startsWith(beginning)) return;
      const to = place.at + wanted.length;
      if (this.#squeezed.ends[to] !== true || !this.#squeezed.text.startsWith(wanted, place.at)) continue;
      yield { from: place.at, to };
      if (++found === most) return;
    }
  }

  /** The first place, in order, whose key is not before `key`. */
  #firstFrom(key: string): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle]?.key ?? "") < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Whether a text is printed in one piece, or line by line, or word by word in one place. */
export function isPrintedInPieces(value: string, text: PrintedText): boolean {
  if (text.has(value) || value.split(/, |\n/).every((part) => text.has(part))) return true;
  const words = value.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.length >= MIN_WORDS && words.every((word) => text.has(word)) && text.hasNear(words);
}

/** Whether an identifier is printed, or its letters and digits are, with other marks between them or none. */
export function isPrintedCode(
  value: string,
  { text, codes }: { readonly text: PrintedText; readonly codes: PrintedText },
): boolean {
  return text.has(value) || codes.has(withoutMarks(value));
}

/** Letters and digits, with spaces between what something else parts. */
export function withoutMarks(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

function squeezed(raw: string): Squeezed {
  const print = withPlainDigits(withoutFootnotes(raw).normalize("NFKC"));
  const starts: boolean[] = [];
  const ends: boolean[] = [];
  const origins: number[] = [];
  let text = "";
  let inWord = false;
  let origin = 0;
  for (const character of print) {
    // One character may be two in the other case (ß).
    for (const folded of character.toUpperCase().toLowerCase()) {
      const kind = kindOf(folded);
      if (kind === "space") {
        if (inWord) ends[text.length] = true;
        inWord = false;
        continue;
      }
      if (kind === "break") ends[text.length] = true;
      else if (kind === "sign" || !inWord) starts[text.length] = ends[text.length] = true;
      for (let unit = 0; unit < folded.length; unit++) origins.push(origin);
      text += folded === "’" ? "'" : folded;
      inWord = kind === "word";
    }
    origin += character.length;
  }
  ends[text.length] = true;
  return { text, starts, ends, print, origins };
}

/** `space`: nothing, as hyphens are, and what cannot be seen. */
function kindOf(character: string): "break" | "space" | "word" | "sign" {
  if (character === "\n") return "break";
  if (/[\s\p{Pd}\u00ad\u200b-\u200d\ufeff]/u.test(character)) return "space";
  return /[\p{L}\p{N}]/u.test(character) ? "word" : "sign";
}
