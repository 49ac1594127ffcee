/**
 * The frames of a sealed transfer: one byte that says what it is, then its payload. A frame that does not parse ends the
 * transfer; there is nothing to negotiate between two versions of ourselves.
 */

/** Length of an X25519 encapsulation (RFC 9180, DHKEM(X25519)). */
const ENCAPSULATION_BYTES = 32;

const BEGIN = 0x01;
const CHUNK = 0x02;
const LAST_CHUNK = 0x03;
const CREDIT = 0x04;
const ALIVE = 0x05;
const ABORT = 0x06;

export type Frame =
  /** Carries the encapsulated secret; the first frame of the caller. */
  | { readonly kind: "begin"; readonly encapsulated: Uint8Array }
  /** A sealed chunk and its tag. */
  | { readonly kind: "chunk"; readonly sealed: Uint8Array; readonly last: boolean }
  /** How many chunks of the other side have been taken in so far. */
  | { readonly kind: "credit"; readonly taken: number }
  /** Nothing to say, still here. */
  | { readonly kind: "alive" }
  /** Gave up: the other side wipes at once instead of waiting for the idle limit. */
  | { readonly kind: "abort" };

export const ALIVE_FRAME: Uint8Array = Uint8Array.of(ALIVE);
export const ABORT_FRAME: Uint8Array = Uint8Array.of(ABORT);

export function beginFrame(encapsulated: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(BEGIN), encapsulated]);
}

/** What stands before a sealed chunk and its tag: together they are the frame. */
export function chunkHead(last: boolean): Uint8Array {
  return Uint8Array.of(last ? LAST_CHUNK : CHUNK);
}

export function creditFrame(taken: number): Uint8Array {
  const frame = Buffer.alloc(5);
  frame.writeUInt8(CREDIT, 0);
  frame.writeUInt32BE(taken, 1);
  return frame;
}

/** Undefined when the bytes are no frame. Views into `bytes`, no copies. */
export function parseFrame(bytes: Uint8Array): Frame | undefined {
  const payload = bytes.subarray(1);
  switch (bytes[0]) {
    case BEGIN:
      return payload.byteLength === ENCAPSULATION_BYTES ? { kind: "begin", encapsulated: payload } : undefined;
    case CHUNK:
      return { kind: "chunk", sealed: payload, last: false };
    case LAST_CHUNK:
      return { kind: "chunk", sealed: payload, last: true };
    case CREDIT:
      return payload.byteLength === 4 ? { kind: "credit", taken: Buffer.from(payload).readUInt32BE(0) } : undefined;
    case ALIVE:
      return payload.byteLength === 0 ? { kind: "alive" } : undefined;
    case ABORT:
      return payload.byteLength === 0 ? { kind: "abort" } : undefined;
    default:
      return undefined;
  }
}
