import type { Pool } from "pg";
import type { AgreedClock } from "./clock/agreed-clock.ts";

/**
 * Whether this instance does its work: its schema is up to date, it has reached the broker, its clock agrees with the database's,
 * and the database answers now.
 * A broker that goes away later changes nothing here: what is stored can still be asked for, and whoever looks after the
 * outage needs to ask.
 */
export class Readiness {
  readonly #pool: Pool;
  readonly #clock: Pick<AgreedClock, "isRight">;
  #recording = false;
  #asking: Promise<boolean> | undefined;

  constructor(pool: Pool, clock: Pick<AgreedClock, "isRight">) {
    this.#pool = pool;
    this.#clock = clock;
  }

  recordingBegan(): void {
    this.#recording = true;
  }

  async holds(): Promise<boolean> {
    return this.#recording && this.#clock.isRight() && (await this.#databaseAnswers());
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
