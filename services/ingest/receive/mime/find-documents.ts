import type { MemoryBudget, Reservation } from "@flowstate/ghost";
import type { ReceivedDocument } from "../../mail.ts";
import { DocumentCollector, SIGNATURE, SIGNATURE_RANGE_BYTES } from "../document-collector.ts";
import { ascii, isBlank, isLineBreak, startsWithWord } from "./ascii.ts";
import { DEFAULT_LIMITS, type MimeBound, type StructureLimits } from "./bounds.ts";
import { headersOf } from "./header-block.ts";
import { isAttachment } from "./is-attachment.ts";
import { isImage } from "./is-image.ts";
import { type LeafPart, MimeWalk } from "./mime-walk.ts";
import { Pace } from "./pace.ts";
import { maxDecodedBytes } from "./transfer-encoding.ts";

const TEXT = ascii("text/");
/** UTF-8's byte order mark. */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;
const NOTHING = Buffer.alloc(0);

/** What is not said of the structure is `DEFAULT_LIMITS`. */
export interface DocumentLimits extends Partial<StructureLimits> {
  /** Larger documents are counted and hashed to their end, but not kept. */
  readonly maxDocumentBytes: number;
  /** Documents taken out of one message, refused attachments among them. */
  readonly maxDocuments: number;
  /** What is held besides the message: documents, and enclosed messages while they are walked over. */
  readonly budget: MemoryBudget;
}

/** Disposing wipes the documents and gives their memory back to the budget. */
export interface FoundDocuments extends Disposable {
  /** The message's own header block: a view into the message, for `messageKeyOf`. */
  readonly headers: Buffer;
  /** In the order of the message. Attachments that are no documents are among them, with their refusal. */
  readonly documents: readonly ReceivedDocument[];
  /** Parts that the message consists of, containers included. */
  readonly parts: number;
  /** Bounds that were met. The message may hold more documents than were found, unless this is empty. */
  readonly exceeded: ReadonlySet<MimeBound>;
}

/**
 * Finds the documents of a MIME message that lies in memory as bytes: its leaves that are PDFs by their decoded bytes,
 * whatever they are called; and its other attachments, refused, so that nobody wonders where they went. Nothing that a
 * message can hold makes it reject. The caller wipes the message.
 */
export async function findDocuments(
  message: Buffer,
  limits: DocumentLimits,
  pace = new Pace(),
): Promise<FoundDocuments> {
  using walk = new MimeWalk(message, { budget: limits.budget, limits, pace });
  using findings = new Findings(limits);
  for await (const part of walk.parts()) await findings.take(walk, part);
  return findings.handOver(message, walk);
}

/** A part that is being collected. */
interface Opened {
  readonly collector: DocumentCollector;
  readonly reservation: Reservation;
}

/** What was found so far; wiped unless it is handed over. */
class Findings implements Disposable {
  readonly #limits: DocumentLimits;
  readonly #documents: ReceivedDocument[] = [];
  readonly #exceeded = new Set<MimeBound>();
  readonly #held = new DisposableStack();

  constructor(limits: DocumentLimits) {
    this.#limits = limits;
  }

  /** Decodes a part to its end if somebody may ask for it, and no more than its beginning if not. */
  async take(walk: MimeWalk, part: LeafPart): Promise<void> {
    const encoding = trueEncoding(part);
    const maxBytes = maxDecodedBytes(encoding, part.body.length);
    let isBegun = false;
    let opened: Opened | undefined;
    await walk.decode({ encoding, body: part.body }, (bytes) => {
      if (!isBegun) opened = this.#open(part, bytes.subarray(0, SIGNATURE_RANGE_BYTES), maxBytes);
      isBegun = true;
      opened?.collector.take(bytes);
      return opened !== undefined;
    });
    if (!isBegun) opened = this.#open(part, NOTHING, 0);
    if (opened === undefined) return;
    const document = opened.collector.finish();
    document.content.reservedBy(opened.reservation);
    this.#documents.push(document);
  }

  handOver(message: Buffer, walk: MimeWalk): FoundDocuments {
    const held = this.#held.move();
    return {
      headers: headersOf(message, this.#limits.maxHeaderBytes ?? DEFAULT_LIMITS.maxHeaderBytes),
      documents: this.#documents,
      parts: walk.partCount,
      exceeded: new Set([...walk.exceeded, ...this.#exceeded]),
      [Symbol.dispose]: () => held.dispose(),
    };
  }

  [Symbol.dispose](): void {
    this.#held.dispose();
  }

  /** Undefined for what nobody asks for, and for what a bound leaves no room for. */
  #open(part: LeafPart, head: Buffer, maxBytes: number): Opened | undefined {
    const attached = isAttachment({ ...part, isImage: isImage(head) });
    const isDocument = beginsDocument(part, head, attached);
    if (!isDocument && !attached) return undefined;
    const { maxDocuments, maxDocumentBytes, budget } = this.#limits;
    if (this.#documents.length >= maxDocuments) {
      this.#exceeded.add("documents");
      return undefined;
    }
    // What is no document is not kept.
    const reservation = budget.tryReserve(isDocument ? Math.min(maxBytes, maxDocumentBytes) : 0);
    if (reservation === undefined) {
      this.#exceeded.add("memory");
      return undefined;
    }
    const collector = new DocumentCollector(maxDocumentBytes);
    this.#held.use(reservation);
    this.#held.adopt(collector, (it) => it.wipe());
    return { collector, reservation };
  }
}

/** What says it is base64 and shows a PDF's signature as it stands is not base64, which has no percent sign. */
function trueEncoding({ encoding, body }: LeafPart) {
  return encoding === "base64" && body.subarray(0, SIGNATURE_RANGE_BYTES).includes(SIGNATURE) ? "identity" : encoding;
}

/**
 * The text of a mail may speak of `%PDF-1.7`; it is a document only if it begins so. Anything else may have other bytes
 * before the signature, and so may a text that is attached.
 */
function beginsDocument({ type }: LeafPart, head: Buffer, attached: boolean): boolean {
  const at = head.indexOf(SIGNATURE);
  const isText = type.length === 0 || startsWithWord(type, TEXT);
  return at !== -1 && (!isText || attached || isVoid(head.subarray(0, at)));
}

function isVoid(bytes: Buffer): boolean {
  const start = BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte) ? BYTE_ORDER_MARK.length : 0;
  return bytes.subarray(start).every((byte) => isBlank(byte) || isLineBreak(byte));
}
