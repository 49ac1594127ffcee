import { CR, LF } from "../mime/ascii.ts";
import { DecodingSink } from "./decoding-sink.ts";
import { DelimiterLine } from "./delimiter-line.ts";
import { HeldBytes } from "./held-bytes.ts";
import { MultipartError } from "./multipart-error.ts";
import { type PartHead, parsePartHead } from "./part-head.ts";

/** Bounds of one body. Each stops a small body from costing much: a part costs more than the bytes it takes. */
export interface MultipartLimits {
  readonly maxParts: number;
  /** Parts without a file name. */
  readonly maxFields: number;
  /** Header lines of one part, the blank line included. So much memory is taken once. */
  readonly maxPartHeaderBytes: number;
  readonly maxFilenameBytes: number;
}

/** Takes one part's content. */
export interface PartSink {
  /** A view, valid during the call: it lies in the chunk that is being written, which its owner zeroes, or in own memory. */
  take(bytes: Buffer): void;
  /** The part is complete. Not called when the body breaks off or is damaged. */
  end(): void;
}

/** Calls `open` for every part; what it returns undefined for is passed over. */
type OpenPart = (head: PartHead) => PartSink | undefined;

/** `content` is that of a part, `preamble` and `epilogue` what stands before and behind all parts. */
type State = "preamble" | "head" | "content" | "epilogue" | "over";

/**
 * A multipart/form-data body (RFC 7578, RFC 2046 5.1), read as bytes while it arrives. No byte of it becomes a string;
 * content is handed on where it lies; what must wait for the next chunk waits in memory of fixed size that is zeroed as
 * soon as it is read. The time it takes is linear in the bytes and the chunks: see `DelimiterLine`.
 *
 * What could hide a part is `malformed`: damaged headers, a line before the first part that begins with two dashes,
 * another delimiter after the closing one. After an error everything held is zero and nothing more can be written.
 */
export class MultipartParser implements Disposable {
  readonly #limits: MultipartLimits;
  readonly #open: OpenPart;
  readonly #line: DelimiterLine;
  /** The beginning of what may be a delimiter. */
  readonly #held: HeldBytes;
  readonly #head: HeldBytes;
  #headLineStart = 0;
  #state: State = "preamble";
  #sink: PartSink | undefined;
  #decoding: DecodingSink | undefined;
  #parts = 0;
  #fields = 0;

  /** The boundary as `boundaryOf` gives it; it is copied. */
  constructor(boundary: Buffer, limits: MultipartLimits, open: OpenPart) {
    this.#limits = limits;
    this.#open = open;
    this.#line = new DelimiterLine(boundary);
    this.#line.beginAfterLineBreak();
    this.#held = new HeldBytes(this.#line.maxBytes);
    this.#head = new HeldBytes(limits.maxPartHeaderBytes);
  }

  /** Reads the next chunk; afterwards nothing refers to it. Throws `MultipartError`, and what a callback throws. */
  write(chunk: Buffer): void {
    this.#assertOpen();
    try {
      let at = 0;
      while (at < chunk.length) at = this.#state === "head" ? this.#readHead(chunk, at) : this.#readContent(chunk, at);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** The body is complete. Throws `MultipartError` `malformed` if its closing delimiter has not come. */
  end(): void {
    this.#assertOpen();
    try {
      if (this.#line.closes) this.#delimit("close");
      if (this.#state !== "epilogue") throw new MultipartError("malformed");
    } finally {
      this[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    this.#state = "over";
    this.#sink = undefined;
    for (const held of [this.#line, this.#held, this.#head, this.#decoding]) held?.[Symbol.dispose]();
  }

  #assertOpen(): void {
    if (this.#state === "over") throw new Error("MultipartParser used after its end");
  }

  /** Reads content up to the end of the next delimiter. Returns the offset after what was read. */
  #readContent(chunk: Buffer, from: number): number {
    const isPreamble = this.#state === "preamble";
    let start = this.#line.isBegun ? from : this.#line.search(chunk, from, isPreamble);
    while (start !== -1) {
      const { verdict, next } = this.#line.read(chunk, start);
      switch (verdict) {
        case "unfinished":
          this.#hand(chunk.subarray(from, start));
          this.#held.append(chunk.subarray(start));
          return next;
        case "open":
        case "close":
          this.#hand(chunk.subarray(from, start));
          this.#delimit(verdict);
          return next;
        case "near_miss":
          if (isPreamble) throw new MultipartError("malformed");
          break;
        case "no":
          break;
        default:
          verdict satisfies never;
      }
      this.#hand(this.#held.view);
      this.#held.release();
      start = this.#line.search(chunk, next, isPreamble);
    }
    this.#hand(chunk.subarray(from));
    return chunk.length;
  }

  #hand(content: Buffer): void {
    if (content.length > 0) this.#sink?.take(content);
  }

  #delimit(verdict: "open" | "close"): void {
    this.#held.release();
    if (this.#state === "epilogue") throw new MultipartError("malformed");
    this.#sink?.end();
    this.#sink = undefined;
    this.#decoding = undefined;
    this.#state = verdict === "open" ? "head" : "epilogue";
    if (verdict === "close") this.#line.beginAfterLineBreak();
  }

  /** Reads one header line, or what has come of it. Returns the offset after what was read. */
  #readHead(chunk: Buffer, from: number): number {
    const lineFeed = chunk.indexOf(LF, from);
    const next = lineFeed === -1 ? chunk.length : lineFeed + 1;
    if (next - from > this.#head.room) throw new MultipartError("over_limits");
    this.#head.append(chunk.subarray(from, next));
    if (lineFeed !== -1) this.#endHeadLine();
    return next;
  }

  #endHeadLine(): void {
    const head = this.#head.view;
    const lineBreak = head.length - 2;
    if (head.indexOf(CR, this.#headLineStart) !== lineBreak) throw new MultipartError("malformed");
    if (lineBreak > this.#headLineStart) {
      this.#headLineStart = head.length;
      return;
    }
    this.#openPart(head.subarray(0, lineBreak));
    this.#head.release();
    this.#headLineStart = 0;
    this.#state = "content";
    // A part without content may have no other line break than that of the blank line (RFC 2046, 5.1.1).
    this.#line.beginAfterLineBreak();
  }

  #openPart(lines: Buffer): void {
    const { maxParts, maxFields, maxFilenameBytes } = this.#limits;
    const { encoding, ...head } = parsePartHead(lines);
    this.#parts += 1;
    if (head.filename === undefined) this.#fields += 1;
    if (this.#parts > maxParts || this.#fields > maxFields || (head.filename?.length ?? 0) > maxFilenameBytes) {
      throw new MultipartError("over_limits");
    }
    const sink = this.#open(head);
    this.#decoding = sink === undefined || encoding === "identity" ? undefined : new DecodingSink(encoding, sink);
    this.#sink = this.#decoding ?? sink;
  }
}
