import type { Facts } from "@flowstate/contracts";
import type { ScriptedAnswer } from "@flowstate/local/doubles/gemini.ts";

/** What the model's double makes of a document. */
export interface Reading {
  readonly facts: Facts;
  /** Only when it is asked for the first time; from then on it refuses the document. */
  readonly once: boolean;
}

/** What the model reads in which document, by its digest: no document that the proof sends is the same as another. */
export class Readings {
  readonly #known = new Map<string, Reading>();
  readonly #read = new Set<string>();

  teach(sha256: string, reading: Reading): void {
    this.#known.set(sha256, reading);
  }

  /** Undefined of a document that nobody has taught. */
  answer(sha256: string): ScriptedAnswer | undefined {
    const reading = this.#known.get(sha256);
    if (reading === undefined) return undefined;
    const isRefused = reading.once && this.#read.has(sha256);
    this.#read.add(sha256);
    return isRefused ? { noCandidates: true, blockReason: "PROHIBITED_CONTENT" } : { facts: reading.facts };
  }
}
