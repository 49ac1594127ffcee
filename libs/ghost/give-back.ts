/**
 * Zeroes bytes that nobody needs any more, and gives their memory back to the system at once: left to the collector, it would
 * stand beside what comes next. Views of it are empty afterwards, and may not be written to. Of memory that holds more than
 * these bytes, or that threads share, the bytes are zeroed and nothing is given back.
 *
 * Nothing outside of V8 may still read them. Whoever has handed a view to a socket waits until the socket has let go of it.
 */
export function giveBack(bytes: Uint8Array): void {
  // Also of what was given back already: it cannot be written to.
  if (bytes.byteLength === 0) return;
  // First, because V8 may have to move a small array out of its heap to say where it lies, and would leave a copy.
  bytes.fill(0);
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength) buffer.transfer(0);
}
