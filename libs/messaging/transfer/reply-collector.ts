import { GhostBytes } from "@flowstate/ghost";
import { z } from "zod";
import { MAX_METADATA_BYTES, MAX_REPLY_BYTES } from "./limits.ts";
import { decodeMetadata } from "./metadata.ts";
import { TransferError } from "./transfer-error.ts";

export interface ServiceAnswer<Outcome> {
  readonly outcome: Outcome;
  /** The caller owns and wipes it. */
  readonly content: GhostBytes | undefined;
  /** Bytes the instance says it zeroed; undefined if it vanished after its answer, and its memory with it. */
  readonly wipedBytes: number | undefined;
  /** What of the time went by at third parties, or waiting for them, milliseconds. */
  readonly outsideMs: number;
}

// A newer instance may say more than is understood here: while instances are replaced, old and new call each other. What an
// outcome may say is its own schema's business.
const replyHeadSchema = z.object({
  outcome: z.unknown(),
  content_bytes: z.int().nonnegative().max(MAX_REPLY_BYTES),
  outside_ms: z.int().nonnegative().default(0),
});
const receiptSchema = z.object({ wiped_bytes: z.int().nonnegative() });

/**
 * The reply as it arrives: the outcome, the content it declares, and last the receipt, sent when the instance has wiped.
 */
export class ReplyCollector<Outcome> {
  readonly #outcomeSchema: z.ZodType<Outcome>;
  readonly #arrived = Promise.withResolvers<void>();
  #outcome: Outcome | undefined;
  #content: GhostBytes | undefined;
  #contentBytes = 0;
  #outsideMs = 0;
  #wipedBytes: number | undefined;

  constructor(outcomeSchema: z.ZodType<Outcome>) {
    this.#outcomeSchema = outcomeSchema;
  }

  take(plaintext: Buffer, { index, last }: { readonly index: number; readonly last: boolean }): void {
    if (last) {
      if (index === 0 || !this.#contentComplete) throw new TransferError("violated");
      this.#wipedBytes = decodeMetadata(receiptSchema, plaintext, MAX_METADATA_BYTES).wiped_bytes;
      this.#arrived.resolve();
    } else if (index === 0) {
      const head = decodeMetadata(replyHeadSchema, plaintext, MAX_METADATA_BYTES);
      const outcome = this.#outcomeSchema.safeParse(head.outcome);
      if (!outcome.success) throw new TransferError("violated");
      this.#outcome = outcome.data;
      this.#contentBytes = head.content_bytes;
      this.#outsideMs = head.outside_ms;
      if (head.content_bytes > 0) this.#content = GhostBytes.withCapacity(head.content_bytes);
    } else {
      if (this.#received + plaintext.byteLength > this.#contentBytes) throw new TransferError("violated");
      this.#content?.append(plaintext);
    }
  }

  /**
   * Resolves with the answer once it is there. An instance that vanishes after its whole answer but before the receipt has
   * still answered: asking another would push a delivered document again.
   */
  async complete(failed: AbortSignal): Promise<ServiceAnswer<Outcome>> {
    const onFailed = () => this.#arrived.resolve();
    failed.addEventListener("abort", onFailed, { once: true });
    if (!failed.aborted) await this.#arrived.promise;
    failed.removeEventListener("abort", onFailed);
    if (this.#outcome === undefined || !this.#contentComplete) throw failed.reason;
    return {
      outcome: this.#outcome,
      content: this.#content,
      wipedBytes: this.#wipedBytes,
      outsideMs: this.#outsideMs,
    };
  }

  wipe(): void {
    this.#content?.wipe();
  }

  get #received(): number {
    return this.#content?.length ?? 0;
  }

  get #contentComplete(): boolean {
    return this.#outcome !== undefined && this.#received === this.#contentBytes;
  }
}
