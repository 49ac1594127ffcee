import { DASH, isBlank, LF, lineBreakLength } from "./ascii.ts";
import { MAX_PADDING_BYTES } from "./bounds.ts";

/** A line that begins or ends a part of an open multipart (RFC 2046, 5.1.1). */
export interface Delimiter {
  /** Which of the open multiparts it belongs to; the outermost is nought. */
  readonly level: number;
  /** It ends the multipart. */
  readonly closes: boolean;
  readonly lineStart: number;
  /** Offset after its line. */
  readonly next: number;
}

type DelimiterLine = Pick<Delimiter, "closes" | "next">;

/** How far is looked byte by byte after a dash. */
const DENSE_BYTES = 256;

interface OpenMultipart {
  readonly boundary: Buffer;
  readonly depth: number;
  readonly isDigest: boolean;
}

/**
 * The multiparts that are open at one place of a message, and the search for the next line that belongs to any of them.
 * Each byte is looked at once, and only a line that begins with two dashes is compared, with at most `maxDepth`
 * boundaries: what a message can make this cost is linear in its size.
 */
export class OpenMultiparts implements Disposable {
  readonly #open: OpenMultipart[] = [];
  #comparedBytes = 0;

  get count(): number {
    return this.#open.length;
  }

  get innermost(): Omit<OpenMultipart, "boundary"> | undefined {
    return this.#open.at(-1);
  }

  /** What comparing has cost since it was last asked for. */
  takeComparedBytes(): number {
    const compared = this.#comparedBytes;
    this.#comparedBytes = 0;
    return compared;
  }

  /** The boundary is wiped when its multipart ends. */
  push(multipart: OpenMultipart): void {
    this.#open.push(multipart);
  }

  /** Ends the innermost multiparts until `count` are open. */
  truncate(count: number): void {
    while (this.#open.length > count) this.#open.pop()?.boundary.fill(0);
  }

  /** The delimiter on the line that begins at `lineStart`. The innermost multipart comes first, if several would fit. */
  match(source: Buffer, lineStart: number): Delimiter | undefined {
    if (source[lineStart] !== DASH || source[lineStart + 1] !== DASH) return undefined;
    for (let level = this.#open.length - 1; level >= 0; level -= 1) {
      const boundary = this.#open[level]?.boundary;
      if (boundary === undefined) continue;
      const found = this.#matchOne(source, lineStart, boundary);
      if (found !== undefined) return { level, lineStart, ...found };
    }
    return undefined;
  }

  /** The first delimiter whose line begins in `[from, until)`. */
  search(source: Buffer, from: number, until: number): Delimiter | undefined {
    const range = source.subarray(from, until);
    let at = from;
    while (at < until) {
      // Base64 has no dash: mostly this is one look at the whole range. Where there are many, calls would cost more.
      const dash = range.indexOf(DASH, at - from);
      if (dash === -1) return undefined;
      at = from + dash;
      for (const end = Math.min(at + DENSE_BYTES, until); at < end; at += 1) {
        if (source[at] === DASH && source[at + 1] === DASH && (at === 0 || source[at - 1] === LF)) {
          const found = this.match(source, at);
          if (found !== undefined) return found;
        }
      }
    }
    return undefined;
  }

  [Symbol.dispose](): void {
    this.truncate(0);
  }

  #matchOne(source: Buffer, lineStart: number, boundary: Buffer): DelimiterLine | undefined {
    const matched = matchedLength(source, lineStart + 2, boundary);
    this.#comparedBytes += matched + 1;
    if (matched < boundary.length) return undefined;
    const { lookedUntil, line } = endOfDelimiter(source, lineStart + 2 + matched);
    this.#comparedBytes += lookedUntil - lineStart;
    return line;
  }
}

/** Whether the line at `lineStart` is a delimiter of one multipart, and what it says. */
export function matchBoundary(source: Buffer, lineStart: number, boundary: Buffer): DelimiterLine | undefined {
  if (source[lineStart] !== DASH || source[lineStart + 1] !== DASH) return undefined;
  const matched = matchedLength(source, lineStart + 2, boundary);
  return matched === boundary.length ? endOfDelimiter(source, lineStart + 2 + matched).line : undefined;
}

function matchedLength(source: Buffer, at: number, boundary: Buffer): number {
  let length = 0;
  while (length < boundary.length && source[at + length] === boundary[length]) length += 1;
  return length;
}

/**
 * After the boundary only two dashes and white space may follow. RFC 2046 lets a reader be content with the beginning of
 * the line, but then a boundary that begins like another one, or a line of a document that does, would cut a document.
 */
function endOfDelimiter(source: Buffer, afterBoundary: number): { lookedUntil: number; line?: DelimiterLine } {
  const closes = source[afterBoundary] === DASH && source[afterBoundary + 1] === DASH;
  const start = afterBoundary + (closes ? 2 : 0);
  let at = start;
  while (at - start < MAX_PADDING_BYTES && isBlank(source[at])) at += 1;
  const lineBreak = lineBreakLength(source, at);
  const isWholeLine = lineBreak > 0 || at >= source.length;
  return { lookedUntil: at, ...(isWholeLine && { line: { closes, next: Math.min(at + lineBreak, source.length) } }) };
}
