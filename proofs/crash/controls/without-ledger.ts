import { DeliveryLedger } from "@flowstate/messaging";

/** Loaded before ingest by the control only: every attempt may work on every document, and nobody remembers that it is done. */
let claims = 0;
DeliveryLedger.prototype.claim = async () => ({
  kind: "claimed",
  lease: {
    attempt: `without-ledger ${process.pid} ${claims++}`,
    lost: new AbortController().signal,
    lapse() {},
    async [Symbol.asyncDispose]() {},
  },
});
DeliveryLedger.prototype.settle = async () => ({ kind: "settled" });
