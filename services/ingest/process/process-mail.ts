import type { MailId, TenantId } from "@flowstate/contracts";
import { type MemoryBudget, stringsLeft } from "@flowstate/ghost";
import { HttpError } from "@flowstate/runtime";
import { z } from "zod";
import type { IdentifiedMail, ReceivedDocument, ReceivedMail } from "../mail.ts";
import type { Attempt, DocumentPath } from "./attempt.ts";
import { refusalOfSender } from "./check-sender.ts";
import { type Identifier, identifyDocuments } from "./identify.ts";
import { type EndedDocument, isNoPdf, processAll, recorded } from "./process-documents.ts";
import type { RecipientTable } from "./route-recipients.ts";

/** What became of a mail in this attempt. */
export interface MailResult {
  /** `unroutable`: nobody's; `ignored`: no PDF in it, though perhaps refused attachments. */
  readonly status: "processed" | "ignored" | "unroutable";
  /** The first tenant's, when there are several. */
  readonly mailId: MailId;
  readonly documents: readonly EndedDocument[];
}

export interface MailPath extends DocumentPath {
  readonly identifier: Identifier;
  readonly recipients: RecipientTable;
}

export interface MailOptions {
  /** Set when the mail came with a tenant's own key: it then is for nobody else. */
  readonly onlyTenant: TenantId | undefined;
  readonly attempt: Attempt;
}

const senderSchema = z.email().max(254);

/**
 * Decides whose mail it is, and takes its documents to their ends for one tenant after the other, each on its own.
 * Throws `HttpError("temporarily_unavailable")` when not even the mail itself could be recorded, or copied for a further
 * tenant; what was done until then is recognised when it comes again.
 */
export async function processMail(
  path: MailPath,
  received: ReceivedMail,
  { onlyTenant, attempt }: MailOptions,
): Promise<MailResult> {
  const { from } = received.envelope;
  const sender = senderSchema.safeParse(from);
  using ending = new DisposableStack();
  // Whatever else an envelope says than who sent it, which is recorded, and whose it is, was content in strings.
  if ((from !== undefined && from !== "" && !sender.success) || !path.recipients.hasAllOf(received.envelope))
    ending.defer(stringsLeft);
  const facts = {
    senderEmail: sender.success ? sender.data : undefined,
    source: "sendgrid" as const,
    receivedAt: new Date().toISOString(),
    sizeBytes: received.sizeBytes,
  };
  const tenants = path.recipients
    .tenantsOf(received.envelope)
    .filter(({ id }) => onlyTenant === undefined || id === onlyTenant);
  const [first] = tenants;
  if (first === undefined) {
    const mailId = path.identifier.mailId(undefined, received);
    await recorded(path.events.mailUnroutable({ ...facts, mailId }));
    return { status: "unroutable", mailId, documents: [] };
  }
  const hasPdf = received.documents.some((document) => !isNoPdf(document));
  const ended: EndedDocument[] = [];
  for (const [index, tenant] of tenants.entries()) {
    const mail = { ...facts, tenantId: tenant.id, mailId: path.identifier.mailId(tenant.id, received) };
    // The last tenant gets the documents themselves: what is there twice at any time is one tenant's.
    using copied = index === tenants.length - 1 ? undefined : copyOf(received.documents, path.budget);
    const refusal = refusalOfSender(tenant.senders, received.envelope, received.verdicts);
    const own = (copied?.documents ?? received.documents).map((document) =>
      refusal === undefined ? document : refused(document, refusal),
    );
    const documents = identifyDocuments(path.identifier, mail, received.messageKey, own);
    ended.push(
      ...(await processAll(
        path,
        documents.map((document) => ({ mail, document })),
        attempt,
        recordMail(path, mail, hasPdf),
      )),
    );
  }
  const mailId = path.identifier.mailId(first.id, received);
  return { status: hasPdf ? "processed" : "ignored", mailId, documents: ended };
}

/**
 * Puts the mail itself on record. What is published afterwards comes after it on the stream: the broker takes what comes over
 * one connection in its order. Rejects as `recorded` does.
 */
export async function recordMail({ events }: DocumentPath, mail: IdentifiedMail, hasPdf: boolean): Promise<void> {
  const published = [events.mailReceived(mail), ...(hasPdf ? [] : [events.mailIgnored(mail)])];
  await Promise.all(published.map(recorded));
}

/** What its own bytes say about a document comes before what its sender is. */
function refused(document: ReceivedDocument, refusal: NonNullable<ReceivedDocument["refusal"]>): ReceivedDocument {
  document.content.wipe();
  return { ...document, refusal: document.refusal ?? refusal };
}

/**
 * Documents of one mail once more: each is wiped when its own extraction exists. Throws
 * `HttpError("temporarily_unavailable")` when they do not fit into memory now.
 */
function copyOf(
  documents: readonly ReceivedDocument[],
  budget: MemoryBudget,
): Disposable & { readonly documents: readonly ReceivedDocument[] } {
  using copying = new DisposableStack();
  const copies = documents.map((document) => {
    if (document.content.wiped) return document;
    const reservation = budget.tryReserve(document.content.length);
    if (reservation === undefined) throw new HttpError("temporarily_unavailable");
    const content = copying.use(document.content.copy());
    content.reservedBy(reservation);
    return { ...document, content };
  });
  const held = copying.move();
  return { documents: copies, [Symbol.dispose]: () => held.dispose() };
}
