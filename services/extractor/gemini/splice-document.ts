import { randomUUID } from "node:crypto";
import { setImmediate as eventLoopTurn } from "node:timers/promises";
import type { GhostBytes } from "@flowstate/ghost";
import { base64Length, writeBase64 } from "./base64.ts";

/**
 * Stands where the document belongs in a request that the SDK has built. Needs no escaping in JSON, and is in no tenant's
 * description of a field.
 */
export const DOCUMENT_PLACEHOLDER = `{{document-${randomUUID()}}}`;

/**
 * How much of a document is encoded at a time: whole quanta of base64, and half a millisecond of the event loop. Encoded it
 * is four times what a socket takes without asking to wait (64 KiB): the next piece is asked for when this one is written.
 */
export const PIECE_BYTES = 192 * 1024;

/**
 * The body of a request: `json` as UTF-8, with the base64 of `document` in the place of the placeholder. It is made as it is
 * read, piece by piece in the same memory, so that a document never exists a second time, a third longer, and nobody waits
 * until all of it is encoded. Each piece must be used before the next one is asked for. Disposing zeroes the memory and ends
 * the body; it is left to the collector, because a connection that broke may still be writing it.
 */
export class SplicedBody implements Disposable {
  /** Of the whole body, bytes. */
  readonly length: number;
  readonly #head: Buffer;
  readonly #tail: Buffer;
  readonly #document: GhostBytes;
  readonly #piece: Buffer;
  #isOver = false;

  /** Throws if there is not exactly one placeholder. `document` is not wiped here. */
  constructor(json: string, document: GhostBytes) {
    const [head, tail, ...more] = json.split(DOCUMENT_PLACEHOLDER);
    if (head === undefined || tail === undefined || more.length > 0) {
      throw new Error("a request must carry the document's placeholder exactly once");
    }
    this.#head = Buffer.from(head);
    this.#tail = Buffer.from(tail);
    this.#document = document;
    // Not zeroed beforehand: only what is written is read.
    this.#piece = Buffer.allocUnsafeSlow(base64Length(Math.min(PIECE_BYTES, document.length)));
    this.length = this.#head.length + base64Length(document.length) + this.#tail.length;
  }

  /** Throws when the document is wiped meanwhile. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    yield this.#head;
    for (let at = 0; at < this.#document.length; at += PIECE_BYTES) {
      // A fast connection asks for the next piece at once, and others would have no turn until the last one.
      await eventLoopTurn();
      if (this.#isOver) return;
      const bytes = this.#document.view().subarray(at, at + PIECE_BYTES);
      writeBase64(bytes, this.#piece, 0);
      yield this.#piece.subarray(0, base64Length(bytes.length));
    }
    yield this.#tail;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#piece.fill(0);
  }
}
