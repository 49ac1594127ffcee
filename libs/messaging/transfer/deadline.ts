/**
 * A moment after which work is worthless, held on the monotonic clock: a clock that is set back or forward by a day moves
 * no deadline. Between processes only the remaining time travels, never a time of day.
 */
export class Deadline {
  readonly #end: number;

  private constructor(end: number) {
    this.#end = end;
  }

  static in(milliseconds: number): Deadline {
    return new Deadline(performance.now() + milliseconds);
  }

  /** Milliseconds left, never negative. */
  remainingMs(): number {
    return Math.max(0, Math.floor(this.#end - performance.now()));
  }

  get passed(): boolean {
    return this.remainingMs() === 0;
  }
}
