/**
 * Why a transfer came to nothing. All of them are temporary for the sender of the mail: the caller still holds the bytes.
 *
 * - `unavailable`: no instance of the service answers;
 * - `busy`: instances answer, none has room;
 * - `lost`: the other side vanished, fell silent, gave up, or the broker did;
 * - `deadline`: the time for the whole mail is over;
 * - `cancelled`: this process is stopping;
 * - `violated`: frames that do not authenticate, exceed what was declared, or are no frames. A bug or an attack.
 */
export type TransferFailure = "unavailable" | "busy" | "lost" | "deadline" | "cancelled" | "violated";

export class TransferError extends Error {
  readonly failure: TransferFailure;

  constructor(failure: TransferFailure) {
    super(`transfer failed: ${failure}`);
    this.name = "TransferError";
    this.failure = failure;
  }
}
