/** Loaded before a service by the proof only: memory is not zeroed. What is filled with something else still is. */
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
