import type { Side } from "../sides/side.ts";
import { memoryBytes, processorSeconds } from "./process-usage.ts";

const SAMPLE_INTERVAL_MS = 100;

export interface Usage {
  /** Of all processes together, seconds. */
  readonly processorSeconds: number;
  readonly processorSecondsByName: Readonly<Record<string, number>>;
  /** The most that all processes together had, and what they had before, bytes. */
  readonly peakBytes: number;
  readonly idleBytes: number;
}

/** Watches the processes of a side from its making until it is read. */
export class UsageMeter implements Disposable {
  readonly #side: Side;
  readonly #before: Readonly<Record<string, number>>;
  readonly #idleBytes: number;
  readonly #timer: NodeJS.Timeout;
  #peakBytes: number;

  constructor(side: Side) {
    this.#side = side;
    this.#before = this.#processorTimes();
    this.#idleBytes = this.#memory();
    this.#peakBytes = this.#idleBytes;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_INTERVAL_MS);
  }

  read(): Usage {
    this.#sample();
    const now = this.#processorTimes();
    const byName = Object.fromEntries(
      Object.entries(now).map(([name, seconds]) => [name, seconds - (this.#before[name] ?? 0)]),
    );
    return {
      processorSeconds: Object.values(byName).reduce((sum, seconds) => sum + seconds, 0),
      processorSecondsByName: byName,
      peakBytes: this.#peakBytes,
      idleBytes: this.#idleBytes,
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    this.#peakBytes = Math.max(this.#peakBytes, this.#memory());
  }

  #memory(): number {
    return Object.values(this.#side.processes())
      .flat()
      .reduce((sum, pid) => sum + memoryBytes(pid), 0);
  }

  #processorTimes(): Record<string, number> {
    return Object.fromEntries(
      Object.entries(this.#side.processes()).map(([name, pids]) => [
        name,
        pids.reduce((sum, pid) => sum + processorSeconds(pid), 0),
      ]),
    );
  }
}
