import type { ErpDelivery } from "@flowstate/local/doubles/erp.ts";
import { z } from "zod";

const deliverySchema = z.object({
  headers: z.object({ "webhook-id": z.string() }),
  body: z.object({ data: z.object({ extraction: z.object({ document_number: z.string() }) }) }),
});

interface Booking {
  /** By which the ERP books it once. */
  readonly ids: Set<string>;
  /** When each request for it came, milliseconds on the monotonic clock. */
  readonly receivedAt: number[];
}

/** What the customer's ERP knows, by the number of the document. */
export class ErpLedger {
  readonly #bookings = new Map<string, Booking>();
  #waiting: PromiseWithResolvers<void> | undefined;

  note(delivery: ErpDelivery): void {
    const read = deliverySchema.safeParse(delivery);
    if (!read.success || !delivery.verified) return;
    const { headers, body } = read.data;
    const number = body.data.extraction.document_number;
    const booking = this.#bookings.get(number) ?? { ids: new Set(), receivedAt: [] };
    booking.ids.add(headers["webhook-id"]);
    booking.receivedAt.push(performance.now());
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

  /** How many requests for it came after the sender was told that it is done. */
  requestsAfter(number: string, answeredAt: number): number {
    return (this.#bookings.get(number)?.receivedAt ?? []).filter((at) => at > answeredAt).length;
  }
}
