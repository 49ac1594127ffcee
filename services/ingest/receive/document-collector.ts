import { createHash } from "node:crypto";
import { GhostBytes } from "@flowstate/ghost";
import type { ReceivedDocument } from "../mail.ts";
import { isImage } from "./mime/is-image.ts";

/** A PDF's signature may stand anywhere in the first 1024 bytes (ISO 32000-1, Annex H.3.4.1). */
export const SIGNATURE = Buffer.from("%PDF-", "ascii");
export const SIGNATURE_RANGE_BYTES = 1024;

/** What the first bytes of a file say it is. */
type Kind = "pdf" | "image" | "other";

/**
 * Collects one attached file and decides by its bytes, never by its name or type, whether it is a document, however the
 * bytes are cut into pieces. What is no PDF, or too large, is wiped as soon as that is known and only counted and hashed to
 * its end, so that its refusal can be audited under the same id on every redelivery.
 */
export class DocumentCollector {
  readonly #maxBytes: number;
  /** The first bytes until it is known what they are; after that, all bytes of a PDF that is not too large. */
  readonly #content = GhostBytes.growing();
  readonly #hash = createHash("sha256");
  #sizeBytes = 0;
  #kind: Kind | undefined;
  #abandoned = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether the bytes are a picture that mails are decorated with; known once the file is finished. */
  get isImage(): boolean {
    return this.#kind === "image";
  }

  /** The caller wipes its copy. Bytes that come after wiping are dropped. */
  take(bytes: Buffer): void {
    if (this.#abandoned) return;
    this.#sizeBytes += bytes.byteLength;
    this.#hash.update(bytes);
    if (this.#kind !== undefined) {
      this.#keep(bytes);
      return;
    }
    const head = bytes.subarray(0, SIGNATURE_RANGE_BYTES - this.#content.length);
    this.#content.append(head);
    if (this.#content.length < SIGNATURE_RANGE_BYTES) return;
    this.#decide();
    this.#keep(bytes.subarray(head.byteLength));
  }

  /** What was collected; its content is wiped if it is refused. Once, and not after wiping: that throws. */
  finish(): ReceivedDocument {
    if (this.#abandoned) throw new Error("a document that was wiped cannot be finished");
    if (this.#kind === undefined) this.#decide();
    const refusal = this.#refusal();
    if (refusal !== undefined) this.#content.wipe();
    return { content: this.#content, refusal, sizeBytes: this.#sizeBytes, digest: this.#hash.digest() };
  }

  wipe(): void {
    this.#abandoned = true;
    this.#content.wipe();
  }

  #decide(): void {
    const head = this.#content.head(SIGNATURE_RANGE_BYTES);
    if (head.includes(SIGNATURE)) this.#kind = "pdf";
    else this.#kind = isImage(head) ? "image" : "other";
    if (this.#kind !== "pdf") this.#content.wipe();
  }

  #keep(bytes: Buffer): void {
    if (this.#sizeBytes > this.#maxBytes) this.#content.wipe();
    if (!this.#content.wiped) this.#content.append(bytes);
  }

  #refusal(): ReceivedDocument["refusal"] {
    if (this.#sizeBytes === 0) return "document_empty";
    if (this.#kind !== "pdf") return "document_not_pdf";
    return this.#sizeBytes > this.#maxBytes ? "document_too_large" : undefined;
  }
}
