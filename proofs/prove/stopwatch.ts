/** How long each part of a proof took, milliseconds, in the order in which they began. */
export class Stopwatch {
  readonly #parts = new Map<string, number>();

  get parts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#parts);
  }

  /** Several works under one name add up. */
  async time<T>(part: string, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    this.#parts.set(part, this.#parts.get(part) ?? 0);
    try {
      return await work();
    } finally {
      this.#parts.set(part, (this.#parts.get(part) ?? 0) + performance.now() - startedAt);
    }
  }
}
