import { HttpError } from "@flowstate/runtime";

export interface PlaceBounds {
  readonly inAll: number;
  /** For one key: nobody can take all places. */
  readonly perKey: number;
}

/** Bounds how many long answers are under way at once in this process. */
export class Places {
  readonly #bounds: PlaceBounds;
  readonly #taken = new Map<string, number>();
  #inAll = 0;

  constructor(bounds: PlaceBounds) {
    this.#bounds = bounds;
  }

  /** A place for the holder of the key with this digest. Throws 429 when it has all of its own, 503 when all are taken. */
  take(digest: Buffer): Disposable {
    const holder = digest.toString("hex");
    const taken = this.#taken.get(holder) ?? 0;
    if (taken >= this.#bounds.perKey) throw new HttpError("rate_limited");
    if (this.#inAll >= this.#bounds.inAll) throw new HttpError("temporarily_unavailable");
    this.#taken.set(holder, taken + 1);
    this.#inAll += 1;
    let given = false;
    return {
      [Symbol.dispose]: () => {
        if (given) return;
        given = true;
        this.#inAll -= 1;
        const left = (this.#taken.get(holder) ?? 1) - 1;
        if (left === 0) this.#taken.delete(holder);
        else this.#taken.set(holder, left);
      },
    };
  }
}
