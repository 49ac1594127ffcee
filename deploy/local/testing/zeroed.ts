/**
 * Looks at memory after content has left it. What is given back to the system is looked at as it goes: a view of it is empty
 * afterwards, and an empty view is zero whatever was there.
 */

const { transfer } = ArrayBuffer.prototype;
/** Whether memory was zero when it was given back. */
const wasZero = new WeakMap<ArrayBufferLike, boolean>();

ArrayBuffer.prototype.transfer = function (this: ArrayBuffer, length?: number) {
  if (length === 0) wasZero.set(this, holdsZeros(new Uint8Array(this)));
  return transfer.call(this, length);
};

/** Whether nothing but zeros is where `bytes` lie, or was when that memory was given back. */
export function isZeroed(bytes: Uint8Array): boolean {
  return wasZero.get(bytes.buffer) ?? (!isGivenBack(bytes) && holdsZeros(bytes));
}

/** Whether the memory of `bytes` is the system's again. */
export function isGivenBack({ buffer }: Uint8Array): boolean {
  return buffer instanceof ArrayBuffer && buffer.detached;
}

/** Made once: tests count memory, too. */
const ZEROS = Buffer.alloc(64 * 1024);

function holdsZeros(bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < view.length; at += ZEROS.length) {
    const piece = view.subarray(at, at + ZEROS.length);
    if (!piece.equals(ZEROS.subarray(0, piece.length))) return false;
  }
  return true;
}
