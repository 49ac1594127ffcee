import type { Bench } from "../bench/bench.ts";
import type { Planter } from "../canaries/canary.ts";
import { scannedPdf } from "../canaries/canary-documents.ts";
import type { Answered } from "./exit-path.ts";
import { canaryMail, post } from "./send.ts";

/** More than is sent at once, so that the heads of all parts are in when the last one is waited for. */
const DOCUMENT_BYTES = 200_000;
/** Of each mail, beside its document. */
const SIGNATURES = 80;

/** A mail that takes its time. */
export interface ArrivingMail {
  /** All of it is sent but the end of its last document. */
  readonly hasBegun: Promise<void>;
  goOn(): void;
  readonly answer: Promise<Answered>;
}

/** A mail of many parts that somebody has named, its document the last of them. */
export function beginMail(bench: Bench, planter: Planter, signal?: AbortSignal): ArrivingMail {
  const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const signatures = Array.from({ length: SIGNATURES }, () => ({
    filename: "signature.asc",
    fieldName: planter.text(2),
    contentType: "application/pgp-signature",
    bytes: planter.bytes(64),
  }));
  const document = { filename: "a.pdf", fieldName: planter.text(2), bytes: scannedPdf(planter, DOCUMENT_BYTES) };
  const beforePiece = async (offset: number) => {
    if (offset === 0) return;
    begun.resolve();
    await end.promise;
  };
  const answer = post({
    ...canaryMail(bench, planter, []),
    documents: [...signatures, document],
    upload: { beforePiece },
    ...(signal !== undefined && { signal }),
  });
  return { hasBegun: begun.promise, goOn: end.resolve, answer };
}
