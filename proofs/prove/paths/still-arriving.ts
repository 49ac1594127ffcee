import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../bench/bench.ts";
import { newMark, Planter } from "../canaries/canary.ts";
import { scannedPdf } from "../canaries/canary-documents.ts";
import { AFTER_ANSWER_MS, type Answered, type ExitPath } from "./exit-path.ts";
import { canaryMail, post } from "./send.ts";

/** More than is sent at once, so that the heads of all parts are in when the last one is waited for. */
const DOCUMENT_BYTES = 200_000;
const NEIGHBOURS = 6;
/** Of each mail, beside its document. */
const SIGNATURES = 80;
/** What a mail leaves is cleared by then, and what stays has grown old. */
const SCRUBBED_MS = 500;
const SCRUBS = 2;

/** Ends the other mails of a bench. */
const leaving = new WeakMap<Bench, AbortController>();

/**
 * What is told of a mail's parts by name lives as long as the mail arrives. Among what others keep it grows old with them, on
 * pages that are not given up when it dies: they are full of what lives. So other mails, of another run's canaries, are
 * still arriving while this one is delivered, and when memory is searched.
 */
export const STILL_ARRIVING: ExitPath = {
  name: "delivered, read while others are still arriving",
  expects: { status: 200, says: "delivered" },
  graceMs: AFTER_ANSWER_MS,
  async run(bench, planter) {
    const others = new AbortController();
    leaving.set(bench, others);
    const neighbours = Array.from({ length: NEIGHBOURS }, () => begin(bench, new Planter(newMark(), 0), others.signal));
    const own = begin(bench, planter, new AbortController().signal);
    await Promise.all([own, ...neighbours].map(({ hasBegun }) => hasBegun));
    for (let scrub = 0; scrub < SCRUBS; scrub += 1) {
      await post(canaryMail(bench, planter));
      await sleep(SCRUBBED_MS);
    }
    own.goOn();
    return await own.answer;
  },
  async mend(bench) {
    leaving.get(bench)?.abort();
  },
};

interface Arriving {
  /** All of it is sent but the end of its last document. */
  readonly hasBegun: Promise<void>;
  goOn(): void;
  readonly answer: Promise<Answered>;
}

/** A mail of many parts that somebody has named, its document the last of them. */
function begin(bench: Bench, planter: Planter, signal: AbortSignal): Arriving {
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
    signal,
  });
  return { hasBegun: begun.promise, goOn: end.resolve, answer };
}
