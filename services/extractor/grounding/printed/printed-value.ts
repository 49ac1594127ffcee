const LETTER_OR_DIGIT = /^[\p{L}\p{N}]$/u;
/** What print may have between the characters of a value. */
const GAPS = /[\s-]+/g;
const GAP = /^[\s-]$/;

/** Where a value stands in a text, in UTF-16 units: from its first character to behind its last. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text without its gaps and its case. */
interface Squeezed {
  readonly text: string;
  /** For each unit of it, where the character is that it comes from. */
  readonly origins: readonly number[];
}

/**
 * A value as it is looked for in plain print: a word of its own, whatever the case, white space and hyphens. No regular
 * expression is made of it, which takes half a millisecond, and would be kept by V8 with what a document says in it.
 */
export class PrintedValue {
  readonly #squeezed: string;

  constructor(value: string) {
    this.#squeezed = withoutCase(value.replace(/[\s\p{Pd}]/gu, ""));
  }

  /** Where it stands the first time; undefined where it does not, or has no characters. */
  spanIn(text: string): Span | undefined {
    const wanted = this.#squeezed;
    // Nearly all texts end here, in code of V8's own.
    if (wanted === "" || !withoutCase(text.replace(GAPS, "")).includes(wanted)) return undefined;
    const { text: squeezed, origins } = squeeze(text);
    for (let at = squeezed.indexOf(wanted); at >= 0; at = squeezed.indexOf(wanted, at + 1)) {
      const start = origins[at] ?? 0;
      const last = origins[at + wanted.length - 1] ?? start;
      const end = last + characterAt(text, last).length;
      const isWhole = origins[at - 1] !== start && origins[at + wanted.length] !== last;
      if (isWhole && !isInWord(characterBefore(text, start)) && !isInWord(characterAt(text, end)))
        return { start, end };
    }
    return undefined;
  }

  /** Where it begins; negative where it does not stand, like `String.prototype.search`. */
  indexIn(text: string): number {
    return this.spanIn(text)?.start ?? -1;
  }

  isIn(text: string): boolean {
    return this.spanIn(text) !== undefined;
  }
}

function squeeze(text: string): Squeezed {
  const origins: number[] = [];
  let [squeezed, at] = ["", 0];
  for (const character of text) {
    if (!GAP.test(character)) {
      const folded = withoutCase(character);
      squeezed += folded;
      for (let unit = 0; unit < folded.length; unit += 1) origins.push(at);
    }
    at += character.length;
  }
  return { text: squeezed, origins };
}

/** `ς` and `Σ` are one letter in two forms, and of a whole word `toLowerCase` makes the one at its end. */
function withoutCase(text: string): string {
  return text.toLowerCase().replaceAll("ς", "σ");
}

/** The character there, or an empty string at the end. */
function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
}

function characterBefore(text: string, at: number): string {
  const last = text.charAt(at - 1);
  return LOW_SURROGATE.test(last) ? text.slice(Math.max(0, at - 2), at) : last;
}

const LOW_SURROGATE = /^[\uDC00-\uDFFF]$/;

function isInWord(character: string): boolean {
  return LETTER_OR_DIGIT.test(character);
}
