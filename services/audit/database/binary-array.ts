import { types } from "pg";

/**
 * One-dimensional arrays as PostgreSQL receives them in binary (array_recv in its src/backend/utils/adt/arrayfuncs.c), which
 * spares it reading digits and quotes: how many dimensions, whether a value may be NULL, the type's number, length and lower
 * bound; then each value's length and bytes. All numbers are big-endian.
 */

const HEADER_BYTES = 20;
const EMPTY_BYTES = 12;
const LENGTH_BYTES = 4;
const UUID_BYTES = 16;
const BIGINT_BYTES = 8;
const NULL_LENGTH = -1;
/** A UTF-16 code unit is at most three bytes of UTF-8. */
const MAX_BYTES_OF_UNIT = 3;
const TWO_TO_32 = 2 ** 32;

/** Arrays are put together here, one after the other, and copied out: how long one will be is known when it is done. */
let buffer = Buffer.alloc(2 ** 16);
let view = viewOf(buffer);

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function makeRoom(bytes: number): void {
  if (bytes <= buffer.length) return;
  const larger = Buffer.alloc(Math.max(bytes, 2 * buffer.length));
  buffer.copy(larger);
  buffer = larger;
  view = viewOf(buffer);
}

/** What a row of ours holds. */
export type Cell = string | number | Buffer | null;
type Value = Exclude<Cell, null>;

/** How the values of a type are written: at most how many bytes long, and writing one, which says how long it is. */
interface ElementType {
  readonly oid: number;
  room(value: Value): number;
  write(value: Value, at: number): number;
}

function arrayOf({ oid, room, write }: ElementType): (cells: readonly Cell[]) => Buffer {
  return (cells) => {
    // Without a value there is no dimension, and so neither its length nor its bound.
    view.setInt32(0, cells.length === 0 ? 0 : 1);
    view.setInt32(4, 1);
    view.setInt32(8, oid);
    view.setInt32(12, cells.length);
    view.setInt32(16, 1);
    let at = cells.length === 0 ? EMPTY_BYTES : HEADER_BYTES;
    for (const cell of cells) {
      makeRoom(at + LENGTH_BYTES + (cell === null ? 0 : room(cell)));
      const length = cell === null ? NULL_LENGTH : write(cell, at + LENGTH_BYTES);
      view.setInt32(at, length);
      at += LENGTH_BYTES + Math.max(length, 0);
    }
    return Buffer.from(buffer.subarray(0, at));
  };
}

export const textArray = arrayOf({
  oid: types.builtins.TEXT,
  room: (value) => String(value).length * MAX_BYTES_OF_UNIT,
  write: (value, at) => buffer.write(String(value), at),
});

/** Throws a `TypeError` for what are no bytes. */
export const byteaArray = arrayOf({
  oid: types.builtins.BYTEA,
  room: (value) => (Buffer.isBuffer(value) ? value.length : 0),
  write(value, at) {
    if (!Buffer.isBuffer(value)) throw new TypeError("not bytes");
    buffer.set(value, at);
    return value.length;
  },
});

/** Of safe integers. */
export const bigintArray = arrayOf({
  oid: types.builtins.INT8,
  room: () => BIGINT_BYTES,
  write(value, at) {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new TypeError("not a safe integer");
    view.setInt32(at, Math.floor(number / TWO_TO_32));
    view.setUint32(at + 4, number);
    return BIGINT_BYTES;
  },
});

/** The value of each hexadecimal digit by its character code. */
const DIGITS = new Int8Array(128).fill(-1);
for (const [value, digit] of [..."0123456789abcdef"].entries()) {
  DIGITS[digit.charCodeAt(0)] = value;
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}
const UUID_LENGTH = 36;
const HYPHEN = 0x2d;

/** Throws a `TypeError` for what is no UUID in its usual spelling. */
export const uuidArray = arrayOf({
  oid: types.builtins.UUID,
  room: () => UUID_BYTES,
  write(value, at) {
    const uuid = String(value);
    let end = at;
    for (let index = 0; index < uuid.length; index += 2) {
      if (uuid.charCodeAt(index) === HYPHEN) index += 1;
      const high = DIGITS[uuid.charCodeAt(index)] ?? -1;
      const low = DIGITS[uuid.charCodeAt(index + 1)] ?? -1;
      if (high < 0 || low < 0) throw new TypeError("not a UUID");
      buffer[end] = high * 16 + low;
      end += 1;
    }
    if (uuid.length !== UUID_LENGTH || end - at !== UUID_BYTES) throw new TypeError("not a UUID");
    return UUID_BYTES;
  },
});
