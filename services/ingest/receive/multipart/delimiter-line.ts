import { CR, DASH, isBlank, LF } from "../mime/ascii.ts";

/** Of the line break before a delimiter, which a delimiter at the very beginning does without. */
const LINE_BREAK_BYTES = 2;
/** The line break and two dashes. */
const DASHED_BYTES = 4;
/** White space behind a boundary. Stops a line of blanks from being held back as long as it goes on. */
export const MAX_PADDING_BYTES = 1_024;

/** `open` ends one part and begins another; `close` ends the body; `near_miss` is a line that begins with two dashes. */
type Verdict = "open" | "close" | "near_miss" | "no" | "unfinished";

/**
 * The line that parts are told apart by, `CRLF -- boundary [--] blanks CRLF` (RFC 2046, 5.1.1), found in a stream of chunks.
 * It counts only as a whole: RFC 2046 lets a reader be content with its beginning, but then a document with a line that
 * begins so would be cut.
 *
 * A boundary has no CR, so when a possible delimiter turns out to be none, the next one cannot begin within it, except with
 * the byte that gave it away: no byte is searched twice, nor read twice as a part of the line, whatever a body is made of.
 */
export class DelimiterLine implements Disposable {
  /** Up to the end of the boundary. */
  readonly #delimiter: Buffer;
  /** Bytes of the above that were read. Nought: no line is begun. */
  #matched = 0;
  #dashes = 0;
  #padding = 0;
  #endsInCr = false;

  constructor(boundary: Buffer) {
    if (boundary.length === 0 || boundary.includes(CR)) throw new RangeError("no boundary");
    this.#delimiter = Buffer.alloc(DASHED_BYTES + boundary.length);
    this.#delimiter.write("\r\n--", "latin1");
    this.#delimiter.set(boundary, DASHED_BYTES);
  }

  /** Bytes that are held back at most until it is known what they are. */
  get maxBytes(): number {
    return this.#delimiter.length + LINE_BREAK_BYTES + MAX_PADDING_BYTES + LINE_BREAK_BYTES;
  }

  get isBegun(): boolean {
    return this.#matched > 0;
  }

  /** Whether what was read is a closing delimiter if the body ends here: its line break may be missing. */
  get closes(): boolean {
    return this.#dashes === 2;
  }

  /** A line break has passed already. */
  beginAfterLineBreak(): void {
    this.#matched = LINE_BREAK_BYTES;
  }

  /**
   * Offset of the next possible delimiter, which may go on in the next chunk; -1 if there is none. With `anyDashed` every
   * line that begins with two dashes counts as one.
   */
  search(chunk: Buffer, from: number, anyDashed: boolean): number {
    const sought = anyDashed ? this.#delimiter.subarray(0, DASHED_BYTES) : this.#delimiter;
    const found = chunk.indexOf(sought, from);
    if (found !== -1) return found;
    const lastCr = chunk.lastIndexOf(CR);
    return lastCr >= from && lastCr > chunk.length - sought.length ? lastCr : -1;
  }

  /** Reads on in a line that is begun, or from its beginning. `next` is the offset of the first byte that is not read. */
  read(chunk: Buffer, from: number): { readonly verdict: Verdict; readonly next: number } {
    for (let at = from; at < chunk.length; at += 1) {
      const verdict = this.#take(chunk[at] ?? 0);
      if (verdict === "unfinished") continue;
      this.#forget();
      // The byte that gave it away may begin another one.
      return { verdict, next: verdict === "open" || verdict === "close" ? at + 1 : at };
    }
    return { verdict: "unfinished", next: chunk.length };
  }

  [Symbol.dispose](): void {
    this.#forget();
    this.#delimiter.fill(0);
  }

  #take(byte: number): Verdict {
    if (this.#matched < this.#delimiter.length) {
      if (byte !== this.#delimiter[this.#matched]) return this.#matched < DASHED_BYTES ? "no" : "near_miss";
      this.#matched += 1;
      return "unfinished";
    }
    if (this.#endsInCr) {
      if (byte !== LF) return "near_miss";
      return this.#dashes === 2 ? "close" : "open";
    }
    if (byte === DASH && this.#dashes < 2 && this.#padding === 0) {
      this.#dashes += 1;
      return "unfinished";
    }
    if (this.#dashes === 1) return "near_miss";
    if (byte === CR) this.#endsInCr = true;
    else if (isBlank(byte) && this.#padding < MAX_PADDING_BYTES) this.#padding += 1;
    else return "near_miss";
    return "unfinished";
  }

  #forget(): void {
    this.#matched = 0;
    this.#dashes = 0;
    this.#padding = 0;
    this.#endsInCr = false;
  }
}
