import type { IncomingMessage } from "node:http";
import type { ReceivedMail } from "../mail.ts";
import type { ReceiveLimits } from "./limits.ts";
import { MailParts } from "./mail-parts.ts";
import type { BodyOptions } from "./read-body.ts";
import { readMultipart } from "./read-multipart.ts";
import type { SignatureCheck } from "./verify-signature.ts";

/**
 * Reads SendGrid's multipart body, in its default or its raw mode, into wipeable memory. Every part is taken as bytes, none
 * is decoded but a few small fields, and what is no document is never kept. Throws as `readMultipart`; everything read so
 * far is wiped then.
 */
export async function receiveMail(
  request: IncomingMessage,
  options: {
    readonly limits: ReceiveLimits;
    readonly body: BodyOptions;
    /** Undefined when mails need no signature. */
    readonly check?: SignatureCheck | undefined;
  },
): Promise<ReceivedMail> {
  const { limits, body, check } = options;
  const parts = new MailParts(limits);
  try {
    const sizeBytes = await readMultipart(request, limits, { ...body, check }, (head) => parts.open(head));
    const mail = await parts.finish(sizeBytes);
    body.admission.handOver(mail.documents.map(({ content }) => content));
    return mail;
  } catch (error) {
    parts[Symbol.dispose]();
    throw error;
  }
}
