import type { IncomingMessage } from "node:http";
import { setImmediate as eventLoopTurn } from "node:timers/promises";
import { Busboy, type BusboyFileStream, type BusboyInstance } from "@fastify/busboy";
import { HttpError } from "@flowstate/runtime";
import type { ReceivedMail } from "../mail.ts";
import { type MailLimits, MailParts } from "./mail-parts.ts";

/** Bounds of one mail's structure. SendGrid's own mails have about 20 parts plus one for each attachment. */
const MAX_PARTS = 1_000;
const MAX_PART_HEADERS = 32;
const MAX_PART_HEADER_BYTES = 16 * 1024;
/** How far past its limit a mail is still read, so that a client which reads only after sending gets its answer. */
const DRAIN_FACTOR = 2;

/**
 * Reads SendGrid's multipart body, in its default or its raw mode, into wipeable memory. Every part's content is taken as bytes, none is decoded except the
 * envelope, and what is no document is never kept. The buffers in which Node handed the body over are zeroed once parsed.
 *
 * Throws `HttpError` `malformed_request`, `unsupported_media_type`, `payload_too_large` (the mail as a whole) or
 * `temporarily_unavailable`, and `ClientAbortedError` when the sender went away; everything read so far is wiped then.
 */
export async function receiveMail(
  request: IncomingMessage,
  limits: MailLimits,
  stopping: AbortSignal,
): Promise<ReceivedMail> {
  const parts = new MailParts(limits);
  try {
    const sizeBytes = await parseBody(request, limits, parts, stopping);
    return await parts.finish(sizeBytes);
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

async function parseBody(
  request: IncomingMessage,
  limits: MailLimits,
  parts: MailParts,
  stopping: AbortSignal,
): Promise<number> {
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
    for await (const chunk of untilStopped(request, stopping)) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > limits.maxMailBytes) {
        fault ??= new HttpError("payload_too_large");
        parts[Symbol.dispose]();
      }
      // A fault ends parsing, not reading.
      if (fault === undefined) {
        parser.write(chunk);
        // The parser hands bytes on within this turn of the event loop; after it, nothing refers to the chunk any more.
        await eventLoopTurn();
      }
      chunk.fill(0);
      if (sizeBytes > limits.maxMailBytes * DRAIN_FACTOR) break;
    }
  } catch (error) {
    parser.destroy();
    throw request.destroyed ? new ClientAbortedError() : error;
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

/**
 * The body's buffers as they arrive. A process that stops cannot wait for a slow sender: nothing of the mail has begun, so
 * it is answered 503 and comes again. Leaves the request open, so that the answer can still be sent.
 */
async function* untilStopped(request: IncomingMessage, stopping: AbortSignal): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = request.iterator({ destroyOnReturn: false });
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => {});
  const stop = () => stopped.reject(new HttpError("temporarily_unavailable"));
  stopping.addEventListener("abort", stop, { once: true });
  try {
    if (stopping.aborted) stop();
    for (;;) {
      const next = await Promise.race([chunks.next(), stopped.promise]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    stopping.removeEventListener("abort", stop);
  }
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
