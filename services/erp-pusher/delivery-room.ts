import type { MemoryBudget, Reservation } from "@flowstate/ghost";

/** A mapped body outgrew the memory that there is now. */
export class NoRoomError extends Error {
  constructor() {
    super("there is no memory for the body of a delivery now");
    this.name = "NoRoomError";
  }
}

/**
 * What one delivery may hold: of its tenant's share all of it, and of the process's budget what exceeds its extraction, which
 * the transfer has reserved there. A mapping can make a body that is many times as large. Disposing gives both back.
 */
export class DeliveryRoom implements Disposable {
  readonly #extractionBytes: number;
  readonly #ofShare: Reservation;
  readonly #beyondExtraction: Reservation;

  private constructor(extractionBytes: number, ofShare: Reservation, beyondExtraction: Reservation) {
    this.#extractionBytes = extractionBytes;
    this.#ofShare = ofShare;
    this.#beyondExtraction = beyondExtraction;
  }

  /** Undefined when the extraction does not fit into what is left of the share. */
  static of(
    extractionBytes: number,
    { share, budget }: { readonly share: MemoryBudget; readonly budget: MemoryBudget },
  ): DeliveryRoom | undefined {
    const ofShare = share.tryReserve(extractionBytes);
    const beyondExtraction = budget.tryReserve(0);
    if (ofShare === undefined || beyondExtraction === undefined) return undefined;
    return new DeliveryRoom(extractionBytes, ofShare, beyondExtraction);
  }

  /** To be asked before a body is made so large. Throws `NoRoomError`. */
  admit(bytes: number): void {
    const fits = this.#ofShare.extendTo(bytes) && this.#beyondExtraction.extendTo(bytes - this.#extractionBytes);
    if (!fits) throw new NoRoomError();
  }

  [Symbol.dispose](): void {
    this.#ofShare[Symbol.dispose]();
    this.#beyondExtraction[Symbol.dispose]();
  }
}
