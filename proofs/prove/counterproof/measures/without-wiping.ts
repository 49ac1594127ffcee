/**
 * Loaded before a service by the proof only: memory is not zeroed, and nor is it given back, where glibc would overwrite it.
 * What is filled with something else still is.
 */
for (const { prototype } of [Buffer, Uint8Array]) {
  const { fill } = prototype;
  Object.defineProperty(prototype, "fill", {
    value(this: Uint8Array, value: unknown, ...range: readonly number[]) {
      return value === 0 ? this : Reflect.apply(fill, this, [value, ...range]);
    },
    writable: true,
    configurable: true,
  });
}

const { transfer } = ArrayBuffer.prototype;
ArrayBuffer.prototype.transfer = function (this: ArrayBuffer, length?: number) {
  return length === 0 ? this : transfer.call(this, length);
};
