import type { TransferFailure } from "@flowstate/contracts";

export class TransferError extends Error {
  readonly failure: TransferFailure;

  constructor(failure: TransferFailure) {
    super(`transfer failed: ${failure}`);
    this.name = "TransferError";
    this.failure = failure;
  }
}
