import { withPlainDigits } from "./digits.ts";

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
/** A longer text counts as printed when all of its words are, because a table breaks it into pieces. */
const MIN_WORDS = 4;

interface Squeezed {
  /** Letters, digits and signs, without white space and hyphens. */
  readonly text: string;
  /** For each position, whether a word begins there; for the one behind the last, too. */
  readonly starts: readonly boolean[];
  /** Whether a word ends just before the position. */
  readonly ends: readonly boolean[];
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

  #find(value: string): boolean {
    const { text: wanted } = squeezed(value.replace(/\s+/g, " "));
    if (wanted === "") return false;
    const beginning = wanted.slice(0, KEY_LENGTH);
    for (let at = this.#firstFrom(beginning); this.#comparisons < MAX_COMPARISONS; at++, this.#comparisons++) {
      const place = this.#sorted[at];
      if (place === undefined || !place.key.startsWith(beginning)) return false;
      const end = place.at + wanted.length;
      if (this.#squeezed.ends[end] === true && this.#squeezed.text.startsWith(wanted, place.at)) return true;
    }
    return false;
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

/** Whether a text is printed in one piece, or line by line, or word by word. */
export function isPrintedInPieces(value: string, text: PrintedText): boolean {
  if (text.has(value) || value.split(/, |\n/).every((part) => text.has(part))) return true;
  const words = value.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.length >= MIN_WORDS && words.every((word) => text.has(word));
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
  const starts: boolean[] = [];
  const ends: boolean[] = [];
  let text = "";
  let inWord = false;
  // Case is folded before, because it may change how many characters there are (ß, İ).
  for (const character of withPlainDigits(raw.normalize("NFKC")).toUpperCase().toLowerCase()) {
    if (character === "\n") {
      ends[text.length] = true;
      text += character;
      inWord = false;
      continue;
    }
    if (/[\s\p{Pd}\u00ad\u200b-\u200d\ufeff]/u.test(character)) {
      if (inWord) ends[text.length] = true;
      inWord = false;
      continue;
    }
    const isWord = /[\p{L}\p{N}]/u.test(character);
    if (!isWord || !inWord) starts[text.length] = true;
    if (!isWord || !inWord) ends[text.length] = true;
    text += character === "’" ? "'" : character;
    inWord = isWord;
  }
  ends[text.length] = true;
  return { text, starts, ends };
}
