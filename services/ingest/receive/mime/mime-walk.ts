import { GhostBytes, type MemoryBudget } from "@flowstate/ghost";
import { ascii, CR, equalsWord, LF } from "./ascii.ts";
import { DEFAULT_LIMITS, type MimeBound, type StructureLimits } from "./bounds.ts";
import { type Delimiter, OpenMultiparts } from "./delimiters.ts";
import type { FileName } from "./file-name.ts";
import { type HeaderBlock, isFieldLine, readHeaderBlock, startOfMessage } from "./header-block.ts";
import { Pace } from "./pace.ts";
import { isQuotedPrintable } from "./quoted-printable.ts";
import { createDecoder, maxDecodedBytes, type TransferEncoding } from "./transfer-encoding.ts";

/** Delimiters are searched for, and bodies decoded, in steps of this; between two others may have their turn. */
const STEP_BYTES = 64 * 1024;
/** Reading a line of a header costs about this many times as much as decoding its bytes. */
const HEADER_WORK_FACTOR = 4;
/** What a part costs apart from its bytes, in bytes decoded. */
const PART_WORK_BYTES = 512;

const MULTIPART_DIGEST = ascii("multipart/digest");
/** Types whose body is a message with a header block of its own (RFC 2046, 5.2.1; RFC 6532, 3.7; message/news is obsolete). */
const MESSAGE_TYPES = [ascii("message/rfc822"), ascii("message/global"), ascii("message/news")] as const;

const OCTET_STREAM = ascii("application/octet-stream");
const NO_TYPE = Buffer.alloc(0);

/** Whether a part is a message, by its type, or by its name where the type says nothing. */
export function isMessage(type: Buffer, fileName: Pick<FileName, "endsInEml"> | undefined): boolean {
  if (MESSAGE_TYPES.some((messageType) => equalsWord(type, messageType))) return true;
  return fileName?.endsInEml === true && (type.length === 0 || equalsWord(type, OCTET_STREAM));
}

/** A part that holds no other parts, as it stands in the message. All of it is views into memory that will be wiped. */
export interface LeafPart {
  /** `type/subtype` as written, in any case; empty where nothing is said, which means text/plain. */
  readonly type: Buffer;
  /** Undefined when the part has no Content-Disposition. */
  readonly disposition: "attachment" | "other" | undefined;
  /** Undefined when the part has no name. */
  readonly fileName: FileName | undefined;
  readonly hasContentId: boolean;
  readonly encoding: TransferEncoding;
  /** Still encoded. */
  readonly body: Buffer;
  /** Multiparts and messages around it. */
  readonly depth: number;
}

/** What is inside of a part. */
type Entity =
  | { readonly kind: "leaf" | "message" }
  | { readonly kind: "multipart"; readonly boundary: Buffer; readonly isDigest: boolean };

export interface WalkOptions {
  /** Memory for messages that are encoded inside this one: no other copy is made. */
  readonly budget: MemoryBudget;
  /** What is not said is `DEFAULT_LIMITS`. */
  readonly limits?: Partial<StructureLimits>;
  readonly pace?: Pace;
  /** Size of the buffer that bodies are decoded into, at least three bytes. */
  readonly scratchBytes?: number;
}

/**
 * Walks over the parts of a MIME message that lies in memory as bytes and hands out each leaf once, in order: through
 * multiparts (RFC 2046, 5.1) and enclosed messages, encoded ones included, to the depth of `maxDepth`. Nothing of the
 * message becomes a string, malformed messages are read as far as they make sense, and nothing they hold makes it throw.
 * It gives way to other work about every `YIELD_EVERY_BYTES`.
 *
 * Unix-to-Unix encoded text and TNEF (winmail.dat) are not opened: they come out as the leaves that they are to MIME.
 * Lines end in CRLF or LF; a bare CR is no line end.
 */
export class MimeWalk implements Disposable {
  readonly #message: Buffer;
  readonly #budget: MemoryBudget;
  readonly #pace: Pace;
  readonly #limits: StructureLimits;
  readonly #scratch: GhostBytes;
  readonly #exceeded = new Set<MimeBound>();
  #parts = 0;

  constructor(message: Buffer, { budget, pace = new Pace(), scratchBytes = STEP_BYTES, limits }: WalkOptions) {
    this.#message = message;
    this.#budget = budget;
    this.#pace = pace;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#scratch = GhostBytes.taking(Buffer.alloc(scratchBytes));
  }

  /** The bounds that were met so far. Only when there are none has everything been seen. */
  get exceeded(): ReadonlySet<MimeBound> {
    return this.#exceeded;
  }

  /** Parts met so far, containers included. */
  get partCount(): number {
    return this.#parts;
  }

  /** Every leaf, once. A part is valid until the next is asked for: what it views may be wiped then. */
  parts(): AsyncGenerator<LeafPart> {
    return this.#partsOf(this.#message, 0);
  }

  /**
   * Decodes the body of a part. `take` gets it piece by piece, each in a buffer that is overwritten after the call; all but
   * the last are as long as the scratch buffer, or two bytes short of that. When it returns false, the rest is left.
   */
  async decode(
    { encoding, body }: Pick<LeafPart, "encoding" | "body">,
    take: (bytes: Buffer) => boolean | undefined,
  ): Promise<void> {
    const decoder = createDecoder(encoding, body);
    const scratch = this.#scratch.view();
    let filled = 0;
    while (!decoder.done) {
      const before = decoder.consumed;
      const length = decoder.decodeInto(scratch, filled, STEP_BYTES);
      const isFull = length > scratch.length - 3;
      if (isFull && take(scratch.subarray(0, length)) === false) return;
      filled = isFull ? 0 : length;
      if (this.#pace.spend(decoder.consumed - before)) await this.#pace.turn();
    }
    if (filled > 0) take(scratch.subarray(0, filled));
  }

  [Symbol.dispose](): void {
    this.#scratch.wipe();
  }

  /**
   * One pass over one piece of memory. Enclosed messages that are not encoded belong to the pass: their delimiters are
   * looked for together with those around them, because the outer ones end the inner.
   */
  async *#partsOf(source: Buffer, outerDepth: number): AsyncGenerator<LeafPart> {
    using open = new OpenMultiparts();
    let at = startOfMessage(source, 0);
    let depth = outerDepth;
    /** Parts of a digest are messages unless they say something else (RFC 2046, 5.1.5). */
    let inDigest = false;
    for (;;) {
      this.#parts += 1;
      if (this.#parts > this.#limits.maxParts) {
        this.#exceeded.add("parts");
        return;
      }
      const header = await this.#readHeader(source, at, open);
      const entity = this.#entityOf(header, inDigest, depth);
      const level = open.count;
      if (entity.kind === "multipart") open.push({ ...entity, depth });
      const endsLater = entity.kind === "message" && header.encoding === "identity";
      let delimiter = endsLater ? undefined : await this.#nextDelimiter(source, header.bodyStart, open);
      const part = leafOf(source, header, delimiter, depth);
      if (entity.kind === "message" && !isEncodedMessage(part)) {
        at = startOfMessage(source, header.bodyStart);
        depth += 1;
        inDigest = false;
        continue;
      }
      // A multipart without a single delimiter of its own is no multipart.
      if (entity.kind !== "multipart" || delimiter?.level !== level) {
        open.truncate(level);
        if (entity.kind === "message") yield* this.#partsOfEncoded(part);
        else yield part;
      }
      // What stands between the end of a multipart and the next delimiter around it is nobody's.
      while (delimiter?.closes === true) {
        open.truncate(delimiter.level);
        delimiter = await this.#nextDelimiter(source, delimiter.next, open);
      }
      if (delimiter === undefined || delimiter.next >= source.length) return;
      open.truncate(delimiter.level + 1);
      at = delimiter.next;
      depth = (open.innermost?.depth ?? outerDepth) + 1;
      inDigest = open.innermost?.isDigest === true;
    }
  }

  /** A message that was encoded as a whole, which no standard allows and gateways do. Its decoded copy is wiped after it. */
  async *#partsOfEncoded(part: LeafPart): AsyncGenerator<LeafPart> {
    const capacity = maxDecodedBytes(part.encoding, part.body.length);
    using reservation = this.#budget.tryReserve(capacity);
    if (reservation === undefined) {
      this.#exceeded.add("memory");
      return;
    }
    using decoded = GhostBytes.withCapacity(capacity);
    await this.decode(part, (bytes) => {
      decoded.append(bytes);
      return true;
    });
    yield* this.#partsOf(decoded.view(), part.depth + 1);
    // Several copies that end together are not wiped in one go.
    decoded.wipe();
    if (this.#pace.spend(capacity)) await this.#pace.turn();
  }

  async #readHeader(source: Buffer, at: number, open: OpenMultiparts): Promise<HeaderBlock> {
    const { maxHeaderBytes, maxFilenameBytes } = this.#limits;
    const header = readHeaderBlock(source, at, open, maxHeaderBytes);
    if (header.overlong) this.#exceeded.add("header_bytes");
    if ((header.fileName?.bytes ?? 0) > maxFilenameBytes) this.#exceeded.add("filename_bytes");
    const work = (header.readUntil - at) * HEADER_WORK_FACTOR + PART_WORK_BYTES;
    if (this.#pace.spend(work)) await this.#pace.turn();
    return header;
  }

  #entityOf({ contentType, fileName }: HeaderBlock, inDigest: boolean, depth: number): Entity {
    const boundary = contentType?.boundary;
    const encloses = contentType === undefined && inDigest ? true : isMessage(contentType?.type ?? NO_TYPE, fileName);
    if (!encloses && boundary === undefined) return { kind: "leaf" };
    if (depth >= this.#limits.maxDepth) {
      this.#exceeded.add("depth");
      boundary?.fill(0);
      return { kind: "leaf" };
    }
    if (boundary === undefined) return { kind: "message" };
    const isDigest = contentType !== undefined && equalsWord(contentType.type, MULTIPART_DIGEST);
    return { kind: "multipart", boundary, isDigest };
  }

  async #nextDelimiter(source: Buffer, from: number, open: OpenMultiparts): Promise<Delimiter | undefined> {
    if (open.count === 0) return undefined;
    for (let at = from; at < source.length; at += STEP_BYTES) {
      const until = Math.min(at + STEP_BYTES, source.length);
      const found = open.search(source, at, until);
      const scanned = (found?.lineStart ?? until) - at;
      if (this.#pace.spend(scanned + open.takeComparedBytes())) await this.#pace.turn();
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function leafOf(source: Buffer, header: HeaderBlock, end: Delimiter | undefined, depth: number): LeafPart {
  return {
    type: header.contentType?.type ?? source.subarray(0, 0),
    disposition: header.disposition,
    fileName: header.fileName,
    hasContentId: header.hasContentId,
    encoding: header.encoding,
    body: source.subarray(header.bodyStart, end === undefined ? source.length : endBefore(source, header, end)),
    depth,
  };
}

/** The line break before a delimiter belongs to the delimiter (RFC 2046, 5.1.1), unless it is the header's own. */
function endBefore(source: Buffer, { bodyStart }: HeaderBlock, { lineStart }: Delimiter): number {
  let end = lineStart;
  if (end > bodyStart && source[end - 1] === LF) end -= 1;
  if (end < lineStart && end > bodyStart && source[end - 1] === CR) end -= 1;
  return end;
}

/** Whether an enclosed message that claims an encoding really has one; many say so of a message that stands there plainly. */
function isEncodedMessage({ encoding, body }: LeafPart): boolean {
  if (encoding === "identity") return false;
  if (encoding === "quoted-printable") return isQuotedPrintable(body);
  // Base64 has no colon.
  return !isFieldLine(body, startOfMessage(body, 0));
}
