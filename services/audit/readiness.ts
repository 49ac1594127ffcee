import type { Pool } from "pg";

/**
 * Whether this instance does its work: its schema is up to date, it has reached the broker, and the database answers now.
 * A broker that goes away later changes nothing here: what is stored can still be asked for, and whoever looks after the
 * outage needs to ask.
 */
export class Readiness {
  readonly #pool: Pool;
  #recording = false;
  #asking: Promise<boolean> | undefined;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  recordingBegan(): void {
    this.#recording = true;
  }

  async holds(): Promise<boolean> {
    return this.#recording && (await this.#databaseAnswers());
  }

  /** Probes that come together share one question: nobody without a key can make the database busy. */
  async #databaseAnswers(): Promise<boolean> {
    this.#asking ??= this.#pool
      .query("SELECT 1")
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        this.#asking = undefined;
      });
    return this.#asking;
  }
}
