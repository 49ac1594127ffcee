import type { ErpDelivery } from "@flowstate/local/doubles/erp.ts";

const MS_PER_SECOND = 1_000;
/** How old or how young a signature may be (Standard Webhooks). */
const TOLERANCE_MS = 5 * 60_000;

/** The times of signing that the ERP was shown, beside its own clock. */
export class SignedTimes {
  #wrong = 0;

  note({ received_at: receivedAt, headers }: ErpDelivery): void {
    const signedAt = Number(headers["webhook-timestamp"]) * MS_PER_SECOND;
    if (Math.abs(signedAt - Date.parse(receivedAt)) > TOLERANCE_MS) this.#wrong += 1;
  }

  /** How many it cannot accept. */
  get wrong(): number {
    return this.#wrong;
  }
}
