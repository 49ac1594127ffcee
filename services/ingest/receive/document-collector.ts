import { createHash } from "node:crypto";
import { GhostBytes } from "@flowstate/ghost";
import type { ReceivedDocument } from "../mail.ts";

/** A PDF's signature may stand anywhere in the first 1024 bytes (ISO 32000-1, Annex H.3.4.1). */
export const SIGNATURE = Buffer.from("%PDF-", "ascii");
export const SIGNATURE_RANGE_BYTES = 1024;

/**
 * Collects one attached file and decides by its bytes, never by its name or type, whether it is a document. What is not
 * is wiped as soon as that is known; what is too large is wiped and only counted and hashed to its end, so that its
 * refusal can be audited under the same id on every redelivery.
 */
export class DocumentCollector {
  readonly #maxBytes: number;
  readonly #content = GhostBytes.growing();
  readonly #hash = createHash("sha256");
  #sizeBytes = 0;
  #isDocument: boolean | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  take(bytes: Buffer): void {
    if (this.#isDocument === false) return;
    this.#sizeBytes += bytes.byteLength;
    this.#hash.update(bytes);
    if (this.#sizeBytes > this.#maxBytes && this.#isDocument === true) this.#content.wipe();
    if (!this.#content.wiped) this.#content.append(bytes);
    if (this.#isDocument === undefined && this.#sizeBytes >= SIGNATURE_RANGE_BYTES) this.#decide();
  }

  /** Undefined when the file is no document. */
  finish(): ReceivedDocument | undefined {
    if (this.#isDocument === undefined) this.#decide();
    if (this.#isDocument !== true) return undefined;
    return {
      content: this.#content,
      tooLarge: this.#sizeBytes > this.#maxBytes,
      sizeBytes: this.#sizeBytes,
      digest: this.#hash.digest(),
    };
  }

  wipe(): void {
    this.#isDocument ??= false;
    this.#content.wipe();
  }

  #decide(): void {
    this.#isDocument = !this.#content.wiped && this.#content.head(SIGNATURE_RANGE_BYTES).includes(SIGNATURE);
    if (!this.#isDocument || this.#sizeBytes > this.#maxBytes) this.#content.wipe();
  }
}
