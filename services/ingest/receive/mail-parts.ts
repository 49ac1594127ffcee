import { GhostBytes, stringsLeft } from "@flowstate/ghost";
import { HttpError } from "@flowstate/runtime";
import type { ReceivedDocument, ReceivedMail } from "../mail.ts";
import { MailRefusedError } from "../mail-refused.ts";
import { AttachedPart } from "./attached-part.ts";
import type { ReceiveLimits } from "./limits.ts";
import { messageKeyOf } from "./message-key.ts";
import { ascii } from "./mime/ascii.ts";
import { type FoundDocuments, findDocuments } from "./mime/find-documents.ts";
import { Pace } from "./mime/pace.ts";
import type { PartSink } from "./multipart/multipart-parser.ts";
import type { PartHead } from "./multipart/part-head.ts";
import { parseEnvelope } from "./parse-envelope.ts";
import { attachmentField, parseCharset, parseContentIds } from "./parse-field-notes.ts";
import { parseVerdicts } from "./parse-verdicts.ts";

/** More recipients than any mail server accepts in one transaction (RFC 5321 asks for at least 100). */
const MAX_RECIPIENTS = 1_000;
/** The longest addresses of so many recipients (RFC 5321 §4.5.3.1.3). */
const MAX_ENVELOPE_BYTES = 264 * MAX_RECIPIENTS;
/** Enough for any real header block; what is beyond does not change the Message-ID found before. */
const MAX_HEADERS_BYTES = 256 * 1024;
/** What SendGrid says of the attachments: a few hundred bytes for each. */
const MAX_NOTES_BYTES = 256 * 1024;
/** A verdict, a count, a list of charsets or signatures. */
const MAX_SHORT_FIELD_BYTES = 4 * 1024;
/** Raw mode's only field of content. */
const MESSAGE_FIELD = "email";

/** The fields that are looked at, and how much of each. All of them may be absent, in any order. */
const FIELDS = {
  envelope: MAX_ENVELOPE_BYTES,
  headers: MAX_HEADERS_BYTES,
  attachments: MAX_SHORT_FIELD_BYTES,
  "attachment-info": MAX_NOTES_BYTES,
  "content-ids": MAX_NOTES_BYTES,
  charsets: MAX_SHORT_FIELD_BYTES,
  SPF: MAX_SHORT_FIELD_BYTES,
  dkim: MAX_SHORT_FIELD_BYTES,
} as const;
type FieldName = keyof typeof FIELDS;

/** Decides for each part of a mail what becomes of its bytes. */
export class MailParts implements Disposable {
  readonly #limits: ReceiveLimits;
  readonly #fields = new Map<FieldName, GhostBytes>();
  readonly #attached: AttachedPart[] = [];
  /** Raw mode: the whole message in one field. */
  readonly #message = GhostBytes.growing();
  #hasMessage = false;
  readonly #found: FoundDocuments[] = [];
  readonly #pace = new Pace();
  #foundDocuments = 0;
  #foundParts = 0;

  constructor(limits: ReceiveLimits) {
    this.#limits = limits;
  }

  /**
   * The sink for a part; undefined for what is of no interest: subject, text and html are never kept. Throws
   * `MailRefusedError` for a field that came before.
   */
  open(head: PartHead): PartSink | undefined {
    const name = nameOf(head.name);
    if (isField(name) && head.filename === undefined) return this.#keep(name);
    if (name === MESSAGE_FIELD) {
      if (this.#hasMessage) throw new MailRefusedError("mail_malformed");
      this.#hasMessage = true;
      return sinkInto(this.#message, this.#limits.maxMailBytes);
    }
    if (head.filename === undefined && name === "") return undefined;
    const attached = new AttachedPart(name, head, this.#limits.maxDocumentBytes);
    this.#attached.push(attached);
    return attached;
  }

  /** What the mail holds, now that it is complete. Throws `MailRefusedError`, and `HttpError` for want of memory. */
  async finish(sizeBytes: number): Promise<ReceivedMail> {
    // Only one of SendGrid's two modes has files, only the other has the message.
    if (this.#hasMessage && this.#attached.length > 0) throw new MailRefusedError("mail_malformed");
    const content = this.#message.length > 0 ? await this.#readMessage() : await this.#readAttachments();
    if (content.documents.length > this.#limits.maxDocuments) throw new MailRefusedError("mail_over_limits");
    const envelope = parseEnvelope(this.#field("envelope"), parseCharset(this.#field("charsets"), "envelope"));
    if (envelope.to.length > MAX_RECIPIENTS) {
      stringsLeft();
      throw new MailRefusedError("mail_over_limits");
    }
    const verdicts = parseVerdicts(this.#field("SPF"), this.#field("dkim"));
    this.#wipeFields();
    return { sizeBytes, envelope, verdicts, ...content, [Symbol.dispose]: () => this[Symbol.dispose]() };
  }

  async #readAttachments(): Promise<Pick<ReceivedMail, "documents" | "messageKey">> {
    // A mail whose attachments did not all come must not pass for one with fewer.
    if (Number(this.#field("attachments").toString("latin1")) > this.#attached.length) {
      throw new MailRefusedError("mail_malformed");
    }
    const shownInText = parseContentIds(this.#field("attachment-info"), this.#field("content-ids"));
    const documents: ReceivedDocument[] = [];
    for (const attached of this.#attached) {
      const finished = attached.finish(shownInText);
      if (finished === undefined) continue;
      if ("message" in finished) documents.push(...(await this.#documentsIn(finished.message)).documents);
      else documents.push(finished.document);
      if (documents.length > this.#limits.maxDocuments) throw new MailRefusedError("mail_over_limits");
    }
    return { documents, messageKey: messageKeyOf(this.#field("headers")) };
  }

  async #readMessage(): Promise<Pick<ReceivedMail, "documents" | "messageKey">> {
    const { documents, messageKey } = await this.#documentsIn(this.#message);
    return { documents, messageKey };
  }

  /** Bounds and pace are those of the whole mail, however many messages it consists of. The message is wiped. */
  async #documentsIn(message: GhostBytes): Promise<Pick<ReceivedMail, "documents" | "messageKey">> {
    const { maxDocumentBytes, maxDocuments, maxParts, maxDepth, maxFilenameBytes, budget } = this.#limits;
    // Its pieces are joined: for a moment it is there twice.
    using joining = budget.tryReserve(message.length);
    if (joining === undefined) throw new HttpError("temporarily_unavailable");
    const bytes = message.view();
    joining[Symbol.dispose]();
    const left = { maxDocuments: maxDocuments - this.#foundDocuments, maxParts: maxParts - this.#foundParts };
    const bounds = { ...left, maxDocumentBytes, maxDepth, maxFilenameBytes, budget };
    const found = await findDocuments(bytes, bounds, this.#pace);
    this.#found.push(found);
    this.#foundDocuments += found.documents.length;
    this.#foundParts += found.parts;
    if (found.exceeded.has("memory")) throw new HttpError("temporarily_unavailable");
    if (found.exceeded.size > 0) throw new MailRefusedError("mail_over_limits");
    const messageKey = messageKeyOf(found.headers);
    message.wipe();
    return { documents: found.documents, messageKey };
  }

  [Symbol.dispose](): void {
    this.#wipeFields();
    for (const found of this.#found) found[Symbol.dispose]();
    for (const attached of this.#attached) attached[Symbol.dispose]();
  }

  /**
   * SendGrid's boundary is public and always the same: a sender can put a delimiter and fields of his own into what he
   * attaches. Where a field comes twice nobody can tell which is SendGrid's, so the mail is refused.
   */
  #keep(name: FieldName): PartSink {
    if (this.#fields.has(name)) throw new MailRefusedError("mail_malformed");
    const field = GhostBytes.growing();
    this.#fields.set(name, field);
    return sinkInto(field, FIELDS[name], name === "envelope" ? "refused" : "dropped");
  }

  #field(name: FieldName): Buffer {
    return this.#fields.get(name)?.view() ?? Buffer.alloc(0);
  }

  #wipeFields(): void {
    for (const field of [...this.#fields.values(), this.#message]) field.wipe();
  }
}

const KNOWN_NAMES = [...Object.keys(FIELDS), MESSAGE_FIELD].map((name) => ({ name, bytes: ascii(name) }));

/** A name that means something here; "" for any other, which the sender may have written: it stays bytes. */
function nameOf(bytes: Buffer): string {
  return KNOWN_NAMES.find((known) => known.bytes.equals(bytes))?.name ?? attachmentField(bytes) ?? "";
}

function isField(name: string): name is FieldName {
  return Object.hasOwn(FIELDS, name);
}

/** What is beyond the bound is dropped, or refused where half a field would mean something else. */
function sinkInto(field: GhostBytes, maxBytes: number, beyond: "dropped" | "refused" = "dropped"): PartSink {
  return {
    take: (bytes) => {
      if (beyond === "refused" && field.length + bytes.length > maxBytes)
        throw new MailRefusedError("mail_over_limits");
      field.append(bytes.subarray(0, maxBytes - field.length));
    },
    end: () => {},
  };
}
