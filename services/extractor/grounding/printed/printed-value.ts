const LETTER_OR_DIGIT = /^[\p{L}\p{N}]$/u;
/** What print may have between the characters of a value. */
const GAP = /^[\s-]$/;

/** Where a value stands in a text, in UTF-16 units: from its first character to behind its last. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * A value as it is looked for in plain print: a word of its own, whatever the case, white space and hyphens. No regular
 * expression is made of it, which takes half a millisecond, and would be kept by V8 with what a document says in it.
 */
export class PrintedValue {
  readonly #characters: readonly string[];

  constructor(value: string) {
    this.#characters = [...value.replace(/[\s\p{Pd}]/gu, "")].map(withoutCase);
  }

  /** Where it stands the first time; undefined where it does not, or has no characters. */
  spanIn(text: string): Span | undefined {
    const [first] = this.#characters;
    for (let start = 0; start < text.length && first !== undefined; start += 1) {
      if (withoutCase(characterAt(text, start)) !== first || isInWord(characterBefore(text, start))) continue;
      const end = this.#endIn(text, start);
      if (end !== undefined && !isInWord(characterAt(text, end))) return { start, end };
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

  #endIn(text: string, start: number): number | undefined {
    let at = start;
    for (const [index, wanted] of this.#characters.entries()) {
      let printed = characterAt(text, at);
      while (index > 0 && GAP.test(printed)) {
        at += printed.length;
        printed = characterAt(text, at);
      }
      if (withoutCase(printed) !== wanted) return undefined;
      at += printed.length;
    }
    return at;
  }
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

/** `ς` and `Σ` are one character in two forms; what is two characters in the other case is compared as it is. */
function withoutCase(character: string): string {
  const upper = character.toUpperCase();
  return upper.length === character.length ? upper.toLowerCase() : character;
}
