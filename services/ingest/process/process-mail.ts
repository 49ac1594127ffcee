import type { MailId, Source } from "@flowstate/contracts";
import { EventNotStoredError } from "@flowstate/messaging";
import { HttpError } from "@flowstate/runtime";
import { z } from "zod";
import type { IdentifiedDocument, IdentifiedMail, ReceivedMail } from "../mail.ts";
import type { DocumentEnd } from "./document-end.ts";
import type { Identifier } from "./identify.ts";
import { type Attempt, type DocumentPath, processDocument } from "./process-document.ts";
import { resolveTenant, type TenantAddresses } from "./resolve-tenant.ts";

/** What became of a mail in this attempt. */
export type MailResult =
  | { readonly status: "unroutable" | "ignored"; readonly mailId: MailId }
  | {
      readonly status: "processed";
      readonly mailId: MailId;
      readonly documents: readonly { readonly documentId: string; readonly end: DocumentEnd }[];
    };

export interface MailPath extends DocumentPath {
  readonly identifier: Identifier;
  readonly tenants: readonly TenantAddresses[];
}

/** Of one mail. */
const DOCUMENTS_AT_ONCE = 4;

const senderSchema = z.email().max(254);

/**
 * Decides whose mail it is, records it, and takes each of its documents to its end, each on its own.
 * Throws `HttpError("temporarily_unavailable")` when not even the mail itself could be recorded.
 */
export async function processMail(
  path: MailPath,
  received: ReceivedMail,
  source: Source,
  attempt: Attempt,
): Promise<MailResult> {
  const sender = senderSchema.safeParse(received.envelope.from);
  const tenantId = resolveTenant(received.envelope, path.tenants);
  const mailId = path.identifier.mailId(tenantId, received);
  const facts = {
    mailId,
    senderEmail: sender.success ? sender.data : undefined,
    source,
    receivedAt: new Date().toISOString(),
    sizeBytes: received.sizeBytes,
  };
  if (tenantId === undefined) {
    await recorded(path.events.mailUnroutable(facts));
    return { status: "unroutable", mailId };
  }
  const mail: IdentifiedMail = { ...facts, tenantId };
  await recorded(path.events.mailReceived(mail));
  const documents = identifyDocuments(path, received, mail);
  if (documents.length === 0) {
    await recorded(path.events.mailIgnored(mail));
    return { status: "ignored", mailId };
  }
  return { status: "processed", mailId, documents: await processAll(path, mail, documents, attempt) };
}

/** Each document goes its own way; a few at a time, so that one mail with hundreds does not crowd out the others. */
async function processAll(
  path: MailPath,
  mail: IdentifiedMail,
  documents: readonly IdentifiedDocument[],
  attempt: Attempt,
): Promise<{ readonly documentId: string; readonly end: DocumentEnd }[]> {
  const ends: { documentId: string; end: DocumentEnd }[] = [];
  const waiting = documents.values();
  const lane = async () => {
    for (const document of waiting) {
      ends.push({ documentId: document.documentId, end: await processDocument(path, mail, document, attempt) });
    }
  };
  await Promise.all(Array.from({ length: DOCUMENTS_AT_ONCE }, lane));
  return ends;
}

/** The same PDF attached twice is one document: as two, each would wait for the other's claim. */
function identifyDocuments(path: MailPath, received: ReceivedMail, mail: IdentifiedMail): IdentifiedDocument[] {
  const unique = new Map<string, IdentifiedDocument>();
  for (const document of received.documents) {
    const documentId = path.identifier.documentId(mail.tenantId, received, document);
    if (unique.has(documentId)) document.content.wipe();
    else unique.set(documentId, { ...document, documentId });
  }
  return [...unique.values()];
}

async function recorded(event: Promise<void>): Promise<void> {
  try {
    await event;
  } catch (error) {
    if (error instanceof EventNotStoredError) throw new HttpError("temporarily_unavailable");
    throw error;
  }
}
