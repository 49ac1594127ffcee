import { setImmediate as eventLoopTurn } from "node:timers/promises";

/** About 2 ms of decoding and hashing. */
export const YIELD_EVERY_BYTES = 512 * 1024;

/**
 * Lets other mails have their turn while a large one is decoded. Counts bytes looked at, not time: so a run is the same
 * every time, and what a message costs can be compared with its size.
 */
export class Pace {
  readonly #turn: () => Promise<unknown>;
  #sinceTurn = 0;
  #workBytes = 0;

  constructor(turn: () => Promise<unknown> = eventLoopTurn) {
    this.#turn = turn;
  }

  /** All bytes looked at so far, each as often as it was. */
  get workBytes(): number {
    return this.#workBytes;
  }

  /** Records work. True when it is time for a `turn`. */
  spend(bytes: number): boolean {
    this.#workBytes += bytes;
    this.#sinceTurn += bytes;
    return this.#sinceTurn >= YIELD_EVERY_BYTES;
  }

  async turn(): Promise<void> {
    this.#sinceTurn = 0;
    await this.#turn();
  }
}
