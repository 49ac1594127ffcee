import type { Bench } from "./bench/bench.ts";
import { Planter } from "./canaries/canary.ts";
import { eInvoice, scannedPdf } from "./canaries/canary-documents.ts";
import { canaryMail, post } from "./paths/send.ts";

/** A steady stream of mails. */
export interface Load {
  readonly mails: number;
  readonly concurrency: number;
  /** What fills a document that only a model can read, bytes. */
  readonly documentBytes: number;
  /** Every so manieth mail brings an e-invoice in its place. */
  readonly eInvoiceEvery?: number;
}

export interface NamedLoad extends Load {
  readonly name: string;
}

/** One mail of a load: its number among the paths, and when it was answered, milliseconds on the monotonic clock. */
export interface SentMail {
  readonly path: number;
  readonly planted: number;
  readonly documents: number;
  readonly answeredAt: number;
}

export interface LoadOutcome {
  readonly mails: readonly SentMail[];
  readonly mailsPerSecond: number;
}

/**
 * Numbers of mails begin here, so that each find says how long ago its mail was answered. No two mails of a run have the
 * same: the second would be a duplicate, and nobody would read it.
 */
let nextMail = 10_000;

/** Sends the mails, each with canaries of its own. Throws when one is not delivered: what is not read leaves nothing. */
export async function runLoad(
  bench: Bench,
  mark: string,
  { mails, concurrency, documentBytes, eInvoiceEvery = Number.POSITIVE_INFINITY }: Load,
  onAnswer: (mail: SentMail) => void = () => {},
): Promise<LoadOutcome> {
  const sent: SentMail[] = [];
  const first = nextMail;
  nextMail += mails;
  const numbers = Array.from({ length: mails }, (_, index) => first + index).values();
  const startedAt = performance.now();
  const lane = async () => {
    for (const path of numbers) {
      const planter = new Planter(mark, path);
      const isEInvoice = (path - first + 1) % eInvoiceEvery === 0;
      const document = isEInvoice ? await eInvoice(planter) : scannedPdf(planter, documentBytes);
      bench.plantsFor(planter, document);
      const { status } = await post(canaryMail(bench, planter, [document]));
      if (status !== 200) throw new Error(`a mail of the load was answered ${status ?? "not at all"}`);
      const mail = { path, planted: planter.planted, documents: planter.documents, answeredAt: performance.now() };
      sent.push(mail);
      onAnswer(mail);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return { mails: sent, mailsPerSecond: mails / ((performance.now() - startedAt) / 1_000) };
}
