import type { Pool } from "pg";
import { z } from "zod";
import { time } from "../database/columns.ts";

/**
 * How far this process's clock and the database's may be apart. Machines that keep time are so within milliseconds; a minute
 * leaves room for one that is just being put right, and is nothing beside the days that recording and retention count in.
 */
export const MAX_CLOCK_DIFFERENCE_MS = 60_000;

/**
 * The clocks of this process and of the database are too far apart, or were not compared yet. The day of recording never goes
 * back and what retention has removed is gone, so nothing is recorded and nothing removed by either clock. Temporary: events
 * wait in the stream.
 */
export class ClockOffError extends Error {
  readonly code = "clock_off";

  constructor() {
    super("the clocks of this process and of the database do not agree");
    this.name = "ClockOffError";
  }
}

const answerSchema = z.tuple([z.object({ now: time })]);

/**
 * The time, as long as the process's clock and the database's agree on it. Between two comparisons a clock that neither can
 * set says what the database's must show by now: that of how long the process runs.
 */
export class AgreedClock {
  readonly #pool: Pool;
  readonly #processTime: () => Date;
  readonly #runningMs: () => number;
  /** What the database's clock showed when, by how long the process had been running. */
  #compared: { readonly databaseMs: number; readonly atMs: number } | undefined;

  constructor(pool: Pool, processTime = () => new Date(), runningMs = () => performance.now()) {
    this.#pool = pool;
    this.#processTime = processTime;
    this.#runningMs = runningMs;
  }

  /** Asks the database what time it is. Rejects with the driver's error. */
  async compare(): Promise<void> {
    const { rows } = await this.#pool.query("SELECT clock_timestamp() AS now");
    // The answer is as old as its way here: too little to matter.
    const [{ now }] = answerSchema.parse(rows);
    this.#compared = { databaseMs: Date.parse(now), atMs: this.#runningMs() };
  }

  /** The database's time, by the last comparison; this process's before the first. */
  databaseTime(): Date {
    if (this.#compared === undefined) return this.#processTime();
    const { databaseMs, atMs } = this.#compared;
    return new Date(databaseMs + this.#runningMs() - atMs);
  }

  /** False before the first comparison, too. */
  isRight(): boolean {
    if (this.#compared === undefined) return false;
    return Math.abs(this.#processTime().getTime() - this.databaseTime().getTime()) <= MAX_CLOCK_DIFFERENCE_MS;
  }

  /** This process's time. Throws `ClockOffError`. */
  now(): Date {
    if (!this.isRight()) throw new ClockOffError();
    return this.#processTime();
  }

  /**
   * For what cannot be undone: compares anew, and resolves with the database's time, or this process's where that is earlier.
   * Rejects with `ClockOffError`, or the driver's error.
   */
  async surely(): Promise<Date> {
    await this.compare();
    return new Date(Math.min(this.now().getTime(), this.databaseTime().getTime()));
  }
}
