import type { MemoryBudget, Reservation } from "@flowstate/ghost";
import type { ReceivedDocument } from "../../mail.ts";
import { DocumentCollector, SIGNATURE, SIGNATURE_RANGE_BYTES } from "../document-collector.ts";
import { ascii, isBlank, isLineBreak, startsWithWord } from "./ascii.ts";
import type { MimeBound } from "./bounds.ts";
import { headersOf } from "./header-block.ts";
import { type LeafPart, MimeWalk } from "./mime-walk.ts";
import { Pace } from "./pace.ts";
import { maxDecodedBytes } from "./transfer-encoding.ts";

const TEXT = ascii("text/");
/** UTF-8's byte order mark. */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

export interface DocumentLimits {
  /** Larger documents are counted and hashed to their end, but not kept. */
  readonly maxDocumentBytes: number;
  /** Documents taken out of one message. */
  readonly maxDocuments: number;
  /** What is held besides the message: documents, and enclosed messages while they are walked over. */
  readonly budget: MemoryBudget;
}

/** Disposing wipes the documents and gives their memory back to the budget. */
export interface FoundDocuments extends Disposable {
  /** The message's own header block: a view into the message, for `messageKeyOf`. */
  readonly headers: Buffer;
  /** In the order of the message. */
  readonly documents: readonly ReceivedDocument[];
  /** Bounds that were met. The message may hold more documents than were found, unless this is empty. */
  readonly exceeded: ReadonlySet<MimeBound>;
}

/**
 * Finds the documents of a MIME message that lies in memory as bytes: its leaves that are PDFs by their decoded bytes,
 * whatever they are called. Nothing that a message can hold makes it reject. The caller wipes the message.
 */
export async function findDocuments(
  message: Buffer,
  limits: DocumentLimits,
  pace = new Pace(),
): Promise<FoundDocuments> {
  using walk = new MimeWalk(message, { budget: limits.budget, pace });
  using findings = new Findings(limits);
  for await (const part of walk.parts()) await findings.take(walk, part);
  return findings.handOver(message, walk);
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

  /** Decodes a part to its end if it is a document, and no more than its beginning if not. */
  async take(walk: MimeWalk, part: LeafPart): Promise<void> {
    const encoding = trueEncoding(part);
    const opened: { collector?: DocumentCollector; reservation?: Reservation } = {};
    await walk.decode({ encoding, body: part.body }, (bytes) => {
      if (opened.collector === undefined) {
        if (!beginsDocument(part, bytes)) return false;
        const reservation = this.#reserve(maxDecodedBytes(encoding, part.body.length));
        if (reservation === undefined) return false;
        opened.reservation = this.#held.use(reservation);
        opened.collector = this.#held.adopt(new DocumentCollector(this.#limits.maxDocumentBytes), (it) => it.wipe());
      }
      opened.collector.take(bytes);
      return true;
    });
    const document = opened.collector?.finish();
    if (document !== undefined) this.#documents.push(document);
    if (document?.content.wiped !== false) opened.reservation?.[Symbol.dispose]();
  }

  handOver(message: Buffer, walk: MimeWalk): FoundDocuments {
    const held = this.#held.move();
    return {
      headers: headersOf(message),
      documents: this.#documents,
      exceeded: new Set([...walk.exceeded, ...this.#exceeded]),
      [Symbol.dispose]: () => held.dispose(),
    };
  }

  [Symbol.dispose](): void {
    this.#held.dispose();
  }

  #reserve(bytes: number): Reservation | undefined {
    if (this.#documents.length >= this.#limits.maxDocuments) {
      this.#exceeded.add("documents");
      return undefined;
    }
    const reservation = this.#limits.budget.tryReserve(Math.min(bytes, this.#limits.maxDocumentBytes));
    if (reservation === undefined) this.#exceeded.add("memory");
    return reservation;
  }
}

/** What says it is base64 and shows a PDF's signature as it stands is not base64, which has no percent sign. */
function trueEncoding({ encoding, body }: LeafPart) {
  return encoding === "base64" && body.subarray(0, SIGNATURE_RANGE_BYTES).includes(SIGNATURE) ? "identity" : encoding;
}

/**
 * The text of a mail may speak of `%PDF-1.7`; it is a document only if it begins so. Anything else may have other bytes
 * before the signature, and so may a text that was attached.
 */
function beginsDocument({ type, disposition }: LeafPart, bytes: Buffer): boolean {
  const head = bytes.subarray(0, SIGNATURE_RANGE_BYTES);
  const at = head.indexOf(SIGNATURE);
  const isText = type.length === 0 || startsWithWord(type, TEXT);
  return at !== -1 && (!isText || disposition === "attachment" || isVoid(head.subarray(0, at)));
}

function isVoid(bytes: Buffer): boolean {
  const start = BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte) ? BYTE_ORDER_MARK.length : 0;
  return bytes.subarray(start).every((byte) => isBlank(byte) || isLineBreak(byte));
}
