/** The numbers of the sealed transfer, in one place; ARCHITECTURE.md explains them. */

/** Plaintext per frame. With tag and type byte well under the broker's default `max_payload` of 1 MB. */
export const CHUNK_BYTES = 256 * 1024;
/** Frames under way unacknowledged: 16 × 256 KB keep a local link busy and bound what a slow side must buffer. */
export const WINDOW = 16;
/** How long one instance may take to answer `open` before another is asked. */
export const OPEN_TIMEOUT_MS = 2_000;
/** Pause between two attempts to find an instance. */
export const RETRY_PAUSE_MS = 250;
/** What a busy instance asks the caller to wait. */
export const BUSY_RETRY_MS = 500;
/** Metadata that travels with the content: request, outcome, receipt. */
export const MAX_METADATA_BYTES = 16 * 1024;
/** The largest reply content a caller takes: an extraction, not a document. */
export const MAX_REPLY_BYTES = 16 * 1024 * 1024;
/** How many granted transfers may be lost before the caller stops blaming the instances. */
export const MAX_LOST_TRANSFERS = 3;

/** The waiting times of a transfer, milliseconds; tests shorten them. */
export interface TransferTimes {
  /** A side that hears nothing for this long wipes and gives up. */
  readonly idleLimitMs: number;
  /** A side with nothing to say says so this often, well inside the idle limit. */
  readonly aliveIntervalMs: number;
  /** With no instance at all, how long the caller keeps asking before it gives the mail back to its sender. */
  readonly unavailableLimitMs: number;
}

export const DEFAULT_TIMES: TransferTimes = { idleLimitMs: 10_000, aliveIntervalMs: 2_000, unavailableLimitMs: 5_000 };
