import { GhostBytes, type MemoryBudget } from "@flowstate/ghost";
import { HttpError } from "@flowstate/runtime";
import type { ReceivedDocument, ReceivedMail } from "../mail.ts";
import { DocumentCollector } from "./document-collector.ts";
import { messageKeyOf } from "./message-key.ts";
import { type FoundDocuments, findDocuments } from "./mime/find-documents.ts";
import { parseEnvelope } from "./parse-envelope.ts";

/** The addresses of a thousand recipients. */
const MAX_ENVELOPE_BYTES = 64 * 1024;
/** Enough for any real header block; what is beyond does not change the Message-ID found before. */
const MAX_HEADERS_BYTES = 256 * 1024;
/** A count in decimal digits. */
const MAX_COUNT_BYTES = 8;

/** Documents of one raw message. A mail with more is not accepted: the rest would be lost without a word. */
const MAX_DOCUMENTS = 1_000;

/** SendGrid names the files of a mail attachment1 to attachmentN. */
const ATTACHMENT_FIELD = /^attachment\d{1,4}$/;

export interface MailLimits {
  readonly maxMailBytes: number;
  readonly maxDocumentBytes: number;
  /** Bytes that this process may hold; what a raw message's documents take besides the message comes out of it. */
  readonly budget: MemoryBudget;
}

/** Takes one part's bytes as they arrive. The caller zeroes its copy. */
type PartSink = (bytes: Buffer) => void;

/** Decides for each part of a mail what becomes of its bytes. */
export class MailParts implements Disposable {
  readonly #limits: MailLimits;
  readonly #documents: DocumentCollector[] = [];
  readonly #envelope = GhostBytes.growing();
  readonly #headers = GhostBytes.growing();
  readonly #attachmentCount = GhostBytes.growing();
  /** Raw mode: the whole message in one field. */
  readonly #message = GhostBytes.growing();
  #found: FoundDocuments | undefined;

  constructor(limits: MailLimits) {
    this.#limits = limits;
  }

  /** The sink for the part of this name. `filename` is undefined for a plain field. */
  open(name: string, filename: string | undefined): PartSink {
    switch (name) {
      case "envelope":
        return keepUpTo(this.#envelope, MAX_ENVELOPE_BYTES);
      case "headers":
        return keepUpTo(this.#headers, MAX_HEADERS_BYTES);
      case "attachments":
        return keepUpTo(this.#attachmentCount, MAX_COUNT_BYTES);
      case "email":
        return keepUpTo(this.#message, this.#limits.maxMailBytes);
    }
    if (filename === undefined && !ATTACHMENT_FIELD.test(name)) return () => {};
    const collector = new DocumentCollector(this.#limits.maxDocumentBytes);
    this.#documents.push(collector);
    return (bytes) => collector.take(bytes);
  }

  /** What the mail holds, now that it is complete. Throws `HttpError` when parts of it cannot have been understood. */
  async finish(sizeBytes: number): Promise<ReceivedMail> {
    const content = this.#message.length > 0 ? await this.#readMessage() : this.#readAttachments();
    const envelope = parseEnvelope(this.#envelope.view());
    this.#wipeFields();
    return { sizeBytes, envelope, ...content, [Symbol.dispose]: () => this[Symbol.dispose]() };
  }

  #readAttachments(): Pick<ReceivedMail, "documents" | "messageKey"> {
    // A part whose own headers are damaged is passed over by the parser; a mail must not pass for one without documents.
    if (Number(this.#attachmentCount.view().toString("latin1")) > this.#documents.length) {
      throw new HttpError("malformed_request");
    }
    const documents = this.#documents
      .map((collector) => collector.finish())
      .filter((document): document is ReceivedDocument => document !== undefined);
    return { documents, messageKey: messageKeyOf(this.#headers.view()) };
  }

  async #readMessage(): Promise<Pick<ReceivedMail, "documents" | "messageKey">> {
    const { maxDocumentBytes, budget } = this.#limits;
    const found = await findDocuments(this.#message.view(), { maxDocumentBytes, maxDocuments: MAX_DOCUMENTS, budget });
    this.#found = found;
    if (found.exceeded.has("memory")) throw new HttpError("temporarily_unavailable");
    if (found.exceeded.size > 0) throw new HttpError("malformed_request");
    const messageKey = messageKeyOf(found.headers);
    this.#message.wipe();
    return { documents: found.documents, messageKey };
  }

  [Symbol.dispose](): void {
    this.#wipeFields();
    this.#found?.[Symbol.dispose]();
    for (const collector of this.#documents) collector.wipe();
  }

  #wipeFields(): void {
    for (const field of [this.#envelope, this.#headers, this.#attachmentCount, this.#message]) field.wipe();
  }
}

/** What is beyond the bound, or comes after wiping, is dropped. */
function keepUpTo(field: GhostBytes, maxBytes: number): PartSink {
  return (bytes) => {
    if (!field.wiped) field.append(bytes.subarray(0, maxBytes - field.length));
  };
}
