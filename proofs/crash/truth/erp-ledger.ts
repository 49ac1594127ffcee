import type { ErpDelivery } from "@flowstate/local/doubles/erp.ts";
import { z } from "zod";

const MS_PER_SECOND = 1_000;

const deliverySchema = z.object({
  received_at: z.iso.datetime(),
  headers: z.object({ "webhook-id": z.string(), "webhook-timestamp": z.coerce.number().int() }),
  body: z.object({ data: z.object({ extraction: z.object({ document_number: z.string() }) }) }),
});

/** When a request came, and when its sender signed it. */
interface Request {
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** Whole seconds since 1970. */
  readonly signedAt: number;
}

interface Booking {
  /** By which the ERP books it once. */
  readonly ids: Set<string>;
  readonly requests: Request[];
}

/** What the customer's ERP knows, by the number of the document. */
export class ErpLedger {
  readonly #bookings = new Map<string, Booking>();
  #waiting: PromiseWithResolvers<void> | undefined;

  note(delivery: ErpDelivery): void {
    const read = deliverySchema.safeParse(delivery);
    if (!read.success || !delivery.verified) return;
    const { received_at, headers, body } = read.data;
    const number = body.data.extraction.document_number;
    const booking = this.#bookings.get(number) ?? { ids: new Set(), requests: [] };
    booking.ids.add(headers["webhook-id"]);
    booking.requests.push({ receivedAt: Date.parse(received_at), signedAt: headers["webhook-timestamp"] });
    this.#bookings.set(number, booking);
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  /** Settles with the next delivery. */
  next(): Promise<void> {
    this.#waiting ??= Promise.withResolvers<void>();
    return this.#waiting.promise;
  }

  /** The ids under which a document was booked. */
  idsOf(number: string): readonly string[] {
    return [...(this.#bookings.get(number)?.ids ?? [])];
  }

  /** When a document first came, milliseconds since 1970; undefined when it never did. */
  firstBookedAt(number: string): number | undefined {
    return this.#bookings.get(number)?.requests[0]?.receivedAt;
  }

  /** How many requests for it came after `at`, milliseconds since 1970. */
  requestsAfter(number: string, at: number): number {
    return this.#requestsAfter(number, at).length;
  }

  /**
   * Those of them that were signed by then as well. One that was signed long before lay in a process that was stopped while
   * another finished the document: nobody can call it back, and the ERP knows it by its id.
   */
  requestsSignedAfter(number: string, at: number): number {
    const second = Math.floor(at / MS_PER_SECOND);
    return this.#requestsAfter(number, at).filter(({ signedAt }) => signedAt >= second).length;
  }

  #requestsAfter(number: string, at: number): readonly Request[] {
    return (this.#bookings.get(number)?.requests ?? []).filter(({ receivedAt }) => receivedAt > at);
  }
}
