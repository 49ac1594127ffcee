import type { IncomingMessage } from "node:http";
import type { GhostBytes, MemoryBudget, Reservation } from "@flowstate/ghost";
import { HttpError } from "@flowstate/runtime";

/**
 * What a body may hold before its sender has shown that it sends: a thousand clients that announce large mails and trickle
 * would otherwise have the whole budget between them.
 */
const ADMITTED_BYTES = 64 * 1024;
/** What has come shows what may come next: nobody holds more than this many times what was sent. */
const GROWTH = 2;

/**
 * A body's right to memory, reserved before it is read: first a little, then more in proportion to what has come, up to
 * all that was announced. Disposing gives it back.
 */
export class Admission implements Disposable {
  readonly #reservation: Reservation;
  readonly #announcedBytes: number;

  private constructor(reservation: Reservation, announcedBytes: number) {
    this.#reservation = reservation;
    this.#announcedBytes = announcedBytes;
  }

  /** Throws `HttpError("temporarily_unavailable")` when what is announced (`maxBytes` if nothing is) does not fit now. */
  static of({ headers }: IncomingMessage, budget: MemoryBudget, maxBytes: number): Admission {
    const length = Number(headers["content-length"] ?? maxBytes);
    const announced = Number.isSafeInteger(length) ? Math.min(length, maxBytes) : maxBytes;
    const reservation = budget.fits(announced) ? budget.tryReserve(Math.min(announced, ADMITTED_BYTES)) : undefined;
    if (reservation === undefined) throw new HttpError("temporarily_unavailable");
    return new Admission(reservation, announced);
  }

  /** To be asked before bytes are kept that make it `bytes` in all. Throws `HttpError("temporarily_unavailable")`. */
  admit(bytes: number): void {
    if (bytes <= this.#reservation.bytes) return;
    const grown = Math.max(bytes, Math.min(bytes * GROWTH, this.#announcedBytes));
    if (!this.#reservation.extendTo(grown)) {
      throw new HttpError("temporarily_unavailable");
    }
  }

  /**
   * To be called when the body is read: what is kept of it keeps its own part until it is wiped, unless it has one already,
   * and the rest is given back. Work on a document may take minutes, most of them after the document is gone.
   */
  handOver(kept: readonly GhostBytes[]): void {
    for (const content of kept) {
      if (!content.wiped && !content.reserved) content.reservedBy(this.#reservation.split(content.length));
    }
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#reservation[Symbol.dispose]();
  }
}
