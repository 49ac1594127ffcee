import { inspect } from "node:util";
import { giveBack } from "./give-back.ts";
import { contentLeft } from "./scrubber.ts";

/**
 * A growing buffer adds as much as it already holds, within these bounds: what has come bounds what is allocated, and large
 * content lies in segments that go back to the kernel as soon as they are given back (`HARDENED_ENVIRONMENT`).
 */
const SEGMENT_MIN_BYTES = 4 * 1024;
const SEGMENT_MAX_BYTES = 1024 * 1024;

/**
 * Content in memory that can be wiped: the only way a document or an extraction is held.
 *
 * The bytes live in allocations of their own, never in Node's shared Buffer pool, never in a string. Wiping zeroes them in
 * place, gives their memory back to the system at once, and is safe to repeat; `using` does it on every exit path. Views are
 * empty then: a socket that was handed one must have let go of it before. A wiped or unwiped instance prints as a length and
 * refuses to be serialised. What zeroing cannot reach (copies that the runtime made on the way in) is the business of the
 * hardened process and the rinse, see `docs/ghost-protocol.md`.
 */
export class GhostBytes implements Disposable {
  #segments: Buffer[];
  #capacity: number;
  #length = 0;
  #wiped = false;
  #reserved: Disposable | undefined;

  private constructor(segments: Buffer[]) {
    this.#segments = segments;
    this.#capacity = segments.reduce((sum, segment) => sum + segment.byteLength, 0);
  }

  /** Grows as bytes are appended; for content whose size is not known in advance. */
  static growing(): GhostBytes {
    return new GhostBytes([]);
  }

  /** Holds up to `capacity` bytes in one piece; for content whose size was declared. */
  static withCapacity(capacity: number): GhostBytes {
    return new GhostBytes([allocation(capacity)]);
  }

  /** Takes the bytes out of `source` and zeroes it: afterwards they exist here only. */
  static taking(source: Uint8Array): GhostBytes {
    const taken = GhostBytes.withCapacity(source.byteLength);
    taken.append(source);
    source.fill(0);
    return taken;
  }

  /** The same bytes once more, for somebody else who wipes them. Throws when wiped. */
  copy(): GhostBytes {
    const copied = GhostBytes.growing();
    for (const slice of this.slices(SEGMENT_MAX_BYTES)) copied.append(slice);
    return copied;
  }

  /** Bytes held; still the number that were held after wiping, for the receipt. */
  get length(): number {
    return this.#length;
  }

  get wiped(): boolean {
    return this.#wiped;
  }

  /** Whether memory was reserved for these bytes themselves. */
  get reserved(): boolean {
    return this.#reserved !== undefined;
  }

  /** What was reserved for these bytes is given back when they are zeroed: at once if they are already. */
  reservedBy(reservation: Disposable): void {
    if (this.#wiped) reservation[Symbol.dispose]();
    else this.#reserved = reservation;
  }

  /** Copies `bytes` in. The caller wipes its own copy. Throws when wiped: content must not flow into a closed vessel. */
  append(bytes: Uint8Array): void {
    this.#assertHeld();
    let taken = 0;
    while (taken < bytes.byteLength) {
      const free = this.#freeTail();
      const part = bytes.subarray(taken, taken + free.byteLength);
      free.set(part);
      this.#length += part.byteLength;
      taken += part.byteLength;
    }
  }

  /** The content in one piece. Segments are joined first, and wiped; views into them are empty then. Throws when wiped. */
  view(): Buffer {
    this.#assertHeld();
    if (this.#segments.length > 1) this.#join();
    return (this.#segments[0] ?? Buffer.alloc(0)).subarray(0, this.#length);
  }

  /** The content in order, in views of at most `maxBytes`, without a copy. Throws when it is joined or wiped meanwhile. */
  *slices(maxBytes: number): Generator<Buffer> {
    this.#assertHeld();
    let left = this.#length;
    const segments = this.#segments;
    for (const segment of segments) {
      if (left === 0) return;
      this.#assertHeld();
      if (segments !== this.#segments) throw new Error("the content was joined while it was read piece by piece");
      const used = Math.min(left, segment.byteLength);
      for (let offset = 0; offset < used; offset += maxBytes) {
        this.#assertHeld();
        yield segment.subarray(offset, Math.min(offset + maxBytes, used));
      }
      left -= used;
    }
  }

  /** The content in order, in chunks of `maxBytes` but for the last, each as the views it consists of, without a copy. */
  *chunks(maxBytes: number): Generator<readonly Buffer[]> {
    let chunk: Buffer[] = [];
    let room = maxBytes;
    let left = this.#length;
    for (const slice of this.slices(maxBytes)) {
      for (let taken = 0; taken < slice.byteLength; ) {
        this.#assertHeld();
        const piece = slice.subarray(taken, taken + room);
        chunk.push(piece);
        taken += piece.byteLength;
        room -= piece.byteLength;
        left -= piece.byteLength;
        if (room > 0 && left > 0) continue;
        yield chunk;
        chunk = [];
        room = maxBytes;
      }
    }
  }

  /** The first bytes, at most `maxBytes`, at most 4 KB, as a view: enough to recognise a file type. */
  head(maxBytes: number): Buffer {
    this.#assertHeld();
    const first = this.#segments[0] ?? Buffer.alloc(0);
    return first.subarray(0, Math.min(maxBytes, this.#length));
  }

  /** Zeroes everything and gives it back. Safe to repeat. Returns how many content bytes this call zeroed. */
  wipe(): number {
    if (this.#wiped) return 0;
    this.#wiped = true;
    for (const segment of this.#segments) giveBack(segment);
    contentLeft();
    this.#segments = [];
    this.#capacity = 0;
    this.#reserved?.[Symbol.dispose]();
    return this.#length;
  }

  [Symbol.dispose](): void {
    this.wipe();
  }

  toString(): string {
    return `[${this.#wiped ? "wiped" : "held"} ${this.#length} bytes]`;
  }

  /** Content never enters JSON, so not the log, an event or an error body either. */
  toJSON(): never {
    throw new Error("GhostBytes cannot be serialised");
  }

  [inspect.custom](): string {
    return this.toString();
  }

  #freeTail(): Buffer {
    const free = this.#capacity - this.#length;
    const last = this.#segments.at(-1);
    if (last !== undefined && free > 0) return last.subarray(last.byteLength - free);
    const added = allocation(Math.min(Math.max(this.#length, SEGMENT_MIN_BYTES), SEGMENT_MAX_BYTES));
    this.#capacity += added.byteLength;
    this.#segments.push(added);
    return added;
  }

  #join(): void {
    const joined = allocation(this.#length);
    let offset = 0;
    for (const segment of this.#segments) {
      joined.set(segment.subarray(0, this.#length - offset), offset);
      offset += segment.byteLength;
      giveBack(segment);
    }
    this.#segments = [joined];
    this.#capacity = joined.byteLength;
  }

  #assertHeld(): void {
    if (this.#wiped) throw new Error("GhostBytes used after it was wiped");
  }
}

/** Zeros outside of V8's heap: there `Buffer.alloc` puts up to 64 bytes, and leaves copies when they are moved. */
function allocation(bytes: number): Buffer {
  return Buffer.from(new ArrayBuffer(bytes));
}
