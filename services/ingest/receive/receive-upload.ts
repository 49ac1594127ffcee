import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { ReceivedDocuments } from "../mail.ts";
import { MailRefusedError } from "../mail-refused.ts";
import { DocumentCollector } from "./document-collector.ts";
import type { ReceiveLimits } from "./limits.ts";
import { type BodyOptions, readBody } from "./read-body.ts";
import { readMultipart } from "./read-multipart.ts";

const PDF = /^application\/pdf\s*(?:;|$)/i;
const UPLOAD = Buffer.from("upload", "ascii");

/** What a caller says beside the documents. */
export interface UploadWish {
  /** Where the extraction goes: one document in the two ways is two documents. */
  readonly deliver: "erp" | "response";
  /** Makes a repetition the same upload. Without one, the same bytes are the same upload. */
  readonly idempotencyKey: string | undefined;
}

interface UploadOptions {
  readonly limits: ReceiveLimits;
  readonly body: BodyOptions;
}

/**
 * Reads an upload: one document as `application/pdf`, or a multipart form of which every file is a document. Throws as
 * `readMultipart`; everything read so far is wiped then.
 */
export async function receiveUpload(
  request: IncomingMessage,
  wish: UploadWish,
  options: UploadOptions,
): Promise<ReceivedDocuments> {
  const isPdf = PDF.test(request.headers["content-type"] ?? "");
  const received = isPdf ? await receivePdf(request, options) : await receiveForm(request, options);
  return { ...received, messageKey: uploadKeyOf(wish) };
}

type Received = Omit<ReceivedDocuments, "messageKey">;

async function receivePdf(request: IncomingMessage, { limits, body }: UploadOptions): Promise<Received> {
  const collector = new DocumentCollector(limits.maxDocumentBytes);
  try {
    const sizeBytes = await readBody(request, body, (chunk) => collector.take(chunk));
    const document = collector.finish();
    body.admission.handOver([document.content]);
    return { sizeBytes, documents: [document], [Symbol.dispose]: () => collector.wipe() };
  } catch (error) {
    collector.wipe();
    throw error;
  }
}

async function receiveForm(request: IncomingMessage, { limits, body }: UploadOptions): Promise<Received> {
  using held = new DisposableStack();
  const collectors: DocumentCollector[] = [];
  const sizeBytes = await readMultipart(request, limits, { ...body, check: undefined }, ({ filename }) => {
    if (filename === undefined) return undefined;
    const collector = held.adopt(new DocumentCollector(limits.maxDocumentBytes), (it) => it.wipe());
    collectors.push(collector);
    return { take: (bytes) => collector.take(bytes), end: () => {} };
  });
  if (collectors.length > limits.maxDocuments) throw new MailRefusedError("mail_over_limits");
  const documents = collectors.map((collector) => collector.finish());
  body.admission.handOver(documents.map(({ content }) => content));
  const kept = held.move();
  return { sizeBytes, documents, [Symbol.dispose]: () => kept.dispose() };
}

/** Stands where a mail has the digest of its Message-ID, and is longer: no mail can be made to have the key of an upload. */
function uploadKeyOf({ deliver, idempotencyKey }: UploadWish): Buffer {
  const digest = createHash("sha256").update(JSON.stringify([deliver, idempotencyKey ?? null]));
  return Buffer.concat([UPLOAD, digest.digest()]);
}
