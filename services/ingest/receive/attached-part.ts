import { GhostBytes } from "@flowstate/ghost";
import type { ReceivedDocument } from "../mail.ts";
import { DocumentCollector, SIGNATURE } from "./document-collector.ts";
import { parseContentType } from "./mime/content-type.ts";
import { type FileName, fileNameOf } from "./mime/file-name.ts";
import { isAttachment } from "./mime/is-attachment.ts";
import { isMessage } from "./mime/mime-walk.ts";
import type { PartSink } from "./multipart/multipart-parser.ts";
import type { PartHead } from "./multipart/part-head.ts";

/** Zeroed one by one as they are read: a PDF that called itself a message is not held twice. */
const SLICE_BYTES = 256 * 1024;

/** What came of a part: a document or a refused attachment, or a forwarded message that has yet to be looked into. */
export type FinishedPart = { readonly document: ReceivedDocument } | { readonly message: GhostBytes };

/** A file of a mail in SendGrid's default mode: collected as a document, or kept whole if it is a forwarded message. */
export class AttachedPart implements PartSink, Disposable {
  readonly #fieldName: string;
  readonly #collector: DocumentCollector;
  readonly #type: Buffer;
  readonly #fileName: FileName | undefined;
  /** The whole of what calls itself a message. */
  readonly #message: GhostBytes | undefined;

  constructor(fieldName: string, { contentType, filename }: PartHead, maxDocumentBytes: number) {
    this.#fieldName = fieldName;
    this.#collector = new DocumentCollector(maxDocumentBytes);
    // The head is zeroed when this returns.
    this.#type = Buffer.from(parseContentType(contentType).type);
    this.#fileName = filename === undefined ? undefined : fileNameOf(filename);
    this.#message = isMessage(this.#type, this.#fileName) ? GhostBytes.growing() : undefined;
  }

  take(bytes: Buffer): void {
    if (this.#message === undefined) this.#collector.take(bytes);
    else this.#message.append(bytes);
  }

  end(): void {}

  /** Undefined for what nobody sent on purpose. `shownInText` names the fields that the mail's text refers to. */
  finish(shownInText: ReadonlySet<string>): FinishedPart | undefined {
    const message = this.#message;
    if (message !== undefined && message.length > 0) {
      // A message may speak of a PDF in its first lines; it is one only if it begins as one.
      if (!message.head(SIGNATURE.length).equals(SIGNATURE)) return { message };
      for (const slice of message.slices(SLICE_BYTES)) {
        this.#collector.take(slice);
        slice.fill(0);
      }
      message.wipe();
    }
    const document = this.#collector.finish();
    const isMissed = document.refusal === "document_empty" || document.refusal === "document_not_pdf";
    return !isMissed || this.#isAttachment(shownInText) ? { document } : undefined;
  }

  [Symbol.dispose](): void {
    this.#collector.wipe();
    this.#message?.wipe();
  }

  #isAttachment(shownInText: ReadonlySet<string>): boolean {
    return isAttachment({
      type: this.#type,
      fileName: this.#fileName,
      disposition: "attachment",
      hasContentId: shownInText.has(this.#fieldName),
      isImage: this.#collector.isImage,
    });
  }
}
