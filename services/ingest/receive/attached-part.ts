import { GhostBytes } from "@flowstate/ghost";
import type { ReceivedDocument } from "../mail.ts";
import { DocumentCollector } from "./document-collector.ts";
import { ascii, equalsWord } from "./mime/ascii.ts";
import { parseContentType } from "./mime/content-type.ts";
import { fileNameOf } from "./mime/file-name.ts";
import { isAttachment, type PartTraits } from "./mime/is-attachment.ts";
import { MESSAGE_TYPES } from "./mime/mime-walk.ts";
import type { PartSink } from "./multipart/multipart-parser.ts";
import type { PartHead } from "./multipart/part-head.ts";

const MESSAGE_EXTENSION = ascii(".eml");

/** What came of a part: a document or a refused attachment, or a forwarded message that has yet to be looked into. */
export type FinishedPart = { readonly document: ReceivedDocument } | { readonly message: GhostBytes };

/** A file of a mail in SendGrid's default mode: collected as a document, and kept if it is a message. */
export class AttachedPart implements PartSink, Disposable {
  readonly #fieldName: string;
  readonly #collector: DocumentCollector;
  readonly #type: Buffer;
  readonly #fileName: PartTraits["fileName"];
  /** A forwarded message, of which the collector alone would keep nothing. */
  readonly #message: GhostBytes | undefined;

  constructor(fieldName: string, { contentType, filename }: PartHead, maxDocumentBytes: number) {
    const name = filename ?? Buffer.alloc(0);
    this.#fieldName = fieldName;
    this.#collector = new DocumentCollector(maxDocumentBytes);
    // The head is zeroed when this returns.
    this.#type = Buffer.from(parseContentType(contentType).type);
    this.#fileName = fileNameOf(name);
    const isMessage =
      MESSAGE_TYPES.some((type) => equalsWord(this.#type, type)) ||
      equalsWord(name.subarray(-MESSAGE_EXTENSION.length), MESSAGE_EXTENSION);
    this.#message = isMessage ? GhostBytes.growing() : undefined;
  }

  take(bytes: Buffer): void {
    this.#collector.take(bytes);
    this.#message?.append(bytes);
  }

  end(): void {}

  /** Undefined for what nobody sent on purpose. `shownInText` names the fields that the mail's text refers to. */
  finish(shownInText: ReadonlySet<string>): FinishedPart | undefined {
    const document = this.#collector.finish();
    if (this.#message !== undefined && document.refusal === "document_not_pdf") return { message: this.#message };
    this.#message?.wipe();
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
