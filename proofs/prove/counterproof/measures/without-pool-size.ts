/** Loaded before a service by the proof only: small buffers lie in the slab that all code shares. */
const { poolSize } = Buffer;
Object.defineProperty(Buffer, "poolSize", { get: () => poolSize, set: () => {} });
