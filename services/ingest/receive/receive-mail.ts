import type { IncomingMessage } from "node:http";
import { setImmediate as eventLoopTurn } from "node:timers/promises";
import { Busboy, type BusboyFileStream, type BusboyInstance } from "@fastify/busboy";
import { GhostBytes } from "@flowstate/ghost";
import { HttpError } from "@flowstate/runtime";
import type { Envelope, ReceivedDocument, ReceivedMail } from "../mail.ts";
import { DocumentCollector } from "./document-collector.ts";
import { parseEnvelope } from "./parse-envelope.ts";
import { messageKeyOf } from "./message-key.ts";

/** Bounds of one mail's structure. SendGrid's own mails have about 20 parts plus one for each attachment. */
const MAX_PARTS = 1_000;
const MAX_PART_HEADERS = 32;
const MAX_PART_HEADER_BYTES = 16 * 1024;
const MAX_ENVELOPE_BYTES = 64 * 1024;
/** Enough for any real header block; what is beyond does not change the Message-ID found before. */
const MAX_HEADERS_BYTES = 256 * 1024;
/** How far past its limit a mail is still read, so that a client which reads only after sending gets its answer. */
const DRAIN_FACTOR = 2;

/** SendGrid names the files of a mail attachment1 to attachmentN. */
const ATTACHMENT_FIELD = /^attachment\d{1,4}$/;

export interface MailLimits {
  readonly maxMailBytes: number;
  readonly maxDocumentBytes: number;
}

/**
 * Reads SendGrid's multipart body into wipeable memory. Every part is taken as bytes, none is decoded except the envelope,
 * and what is no document is never kept. The buffers in which Node handed the body over are zeroed once they are parsed.
 *
 * Throws `HttpError` `malformed_request`, `unsupported_media_type` or `payload_too_large` (the mail as a whole), and
 * `ClientAbortedError` when the sender went away; everything read so far is wiped then.
 */
export async function receiveMail(request: IncomingMessage, limits: MailLimits): Promise<ReceivedMail> {
  const parts = new MailParts(limits);
  try {
    const sizeBytes = await parseBody(request, limits, parts);
    return parts.finish(sizeBytes);
  } catch (error) {
    parts[Symbol.dispose]();
    throw error;
  }
}

/** The sender closed the connection before the mail was complete. There is nobody to answer. */
export class ClientAbortedError extends Error {
  constructor() {
    super("client aborted");
    this.name = "ClientAbortedError";
  }
}

async function parseBody(request: IncomingMessage, limits: MailLimits, parts: MailParts): Promise<number> {
  const parser = createParser(request);
  let fault: HttpError | undefined;
  const finished = new Promise<void>((resolve) => {
    parser.on("finish", resolve);
    parser.on("error", () => {
      fault ??= new HttpError("malformed_request");
      resolve();
    });
  });
  parser.on("partsLimit", () => {
    fault ??= new HttpError("malformed_request");
  });
  parser.on("file", (name: string, part: BusboyFileStream, filename: string | undefined) => {
    const take = parts.open(name, filename);
    part.on("data", take);
    // A part cut off by the end of the body surfaces as the parser's own error.
    part.on("error", () => {});
  });

  let sizeBytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > limits.maxMailBytes) {
        fault ??= new HttpError("payload_too_large");
        parts[Symbol.dispose]();
      }
      if (sizeBytes > limits.maxMailBytes * DRAIN_FACTOR) break;
      // A fault ends parsing, not reading.
      if (fault === undefined) {
        parser.write(chunk);
        // The parser hands bytes on within this turn of the event loop; after it, nothing refers to the chunk any more.
        await eventLoopTurn();
      }
      chunk.fill(0);
    }
  } catch {
    parser.destroy();
    throw new ClientAbortedError();
  }
  if (fault === undefined) {
    parser.end();
    await finished;
  }
  if (fault !== undefined) {
    parser.destroy();
    throw fault;
  }
  return sizeBytes;
}

function createParser(request: IncomingMessage): BusboyInstance {
  const contentType = request.headers["content-type"] ?? "";
  if (!/^multipart\/form-data\s*(?:;|$)/i.test(contentType)) throw new HttpError("unsupported_media_type");
  try {
    return new Busboy({
      headers: { "content-type": contentType },
      // Decoding fields would make strings of the subject and the text, which could not be wiped.
      isPartAFile: () => true,
      limits: { parts: MAX_PARTS, headerPairs: MAX_PART_HEADERS, headerSize: MAX_PART_HEADER_BYTES },
    });
  } catch {
    throw new HttpError("malformed_request");
  }
}

/** Decides for each part what becomes of its bytes. */
class MailParts implements Disposable {
  readonly #limits: MailLimits;
  readonly #documents: DocumentCollector[] = [];
  readonly #envelope = GhostBytes.growing();
  readonly #headers = GhostBytes.growing();
  #envelopeOverflow = false;

  constructor(limits: MailLimits) {
    this.#limits = limits;
  }

  /** The sink for one part's bytes. */
  open(name: string, filename: string | undefined): (bytes: Buffer) => void {
    if (name === "envelope") {
      return (bytes) => {
        if (this.#envelope.wiped || this.#envelopeOverflow) return;
        if (this.#envelope.length + bytes.byteLength > MAX_ENVELOPE_BYTES) this.#envelopeOverflow = true;
        else this.#envelope.append(bytes);
      };
    }
    if (name === "headers") {
      return (bytes) => {
        if (!this.#headers.wiped) this.#headers.append(bytes.subarray(0, MAX_HEADERS_BYTES - this.#headers.length));
      };
    }
    if (filename === undefined && !ATTACHMENT_FIELD.test(name)) return () => {};
    const collector = new DocumentCollector(this.#limits.maxDocumentBytes);
    this.#documents.push(collector);
    return (bytes) => collector.take(bytes);
  }

  finish(sizeBytes: number): ReceivedMail {
    const documents = this.#documents
      .map((collector) => collector.finish())
      .filter((document): document is ReceivedDocument => document !== undefined);
    const envelope: Envelope | undefined = this.#envelopeOverflow ? undefined : parseEnvelope(this.#envelope.view());
    const messageKey = messageKeyOf(this.#headers.view());
    this.#envelope.wipe();
    this.#headers.wipe();
    if (envelope === undefined) throw new HttpError("malformed_request");
    return {
      sizeBytes,
      envelope,
      messageKey,
      documents,
      [Symbol.dispose]: () => this[Symbol.dispose](),
    };
  }

  [Symbol.dispose](): void {
    this.#envelope.wipe();
    this.#headers.wipe();
    for (const collector of this.#documents) collector.wipe();
  }
}

