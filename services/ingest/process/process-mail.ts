import type { MailId, TenantId } from "@flowstate/contracts";
import type { MemoryBudget } from "@flowstate/ghost";
import { HttpError } from "@flowstate/runtime";
import { z } from "zod";
import type { IdentifiedMail, ReceivedDocument, ReceivedMail } from "../mail.ts";
import { MailRefusedError } from "../mail-refused.ts";
import type { Attempt, DocumentPath } from "./attempt.ts";
import { refusalOfSender } from "./check-sender.ts";
import { type Identifier, identifyDocuments } from "./identify.ts";
import { type EndedDocument, isNoPdf, processAll, recorded } from "./process-documents.ts";
import type { MailTenant, RecipientTable } from "./route-recipients.ts";

/** Tenants that one mail may be for: each gets documents of its own, in memory of their own. */
const MAX_TENANTS_OF_MAIL = 16;

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
  /** What the copies for further tenants come out of. */
  readonly budget: MemoryBudget;
}

export interface MailOptions {
  /** Set when the mail came with a tenant's own key: it then is for nobody else. */
  readonly onlyTenant: TenantId | undefined;
  readonly attempt: Attempt;
}

const senderSchema = z.email().max(254);

/**
 * Decides whose mail it is, records it for each of them, and takes each document to its end, each on its own.
 * Throws `HttpError("temporarily_unavailable")` when not even the mail itself could be recorded or held, and
 * `MailRefusedError` when it is for too many.
 */
export async function processMail(
  path: MailPath,
  received: ReceivedMail,
  { onlyTenant, attempt }: MailOptions,
): Promise<MailResult> {
  const sender = senderSchema.safeParse(received.envelope.from);
  const facts = {
    senderEmail: sender.success ? sender.data : undefined,
    source: "sendgrid" as const,
    receivedAt: new Date().toISOString(),
    sizeBytes: received.sizeBytes,
  };
  const tenants = path.recipients
    .tenantsOf(received.envelope)
    .filter(({ id }) => onlyTenant === undefined || id === onlyTenant);
  const [first, ...others] = tenants;
  if (first === undefined) {
    const mailId = path.identifier.mailId(undefined, received);
    await recorded(path.events.mailUnroutable({ ...facts, mailId }));
    return { status: "unroutable", mailId, documents: [] };
  }
  if (tenants.length > MAX_TENANTS_OF_MAIL) throw new MailRefusedError("mail_over_limits");

  const hasPdf = received.documents.some((document) => !isNoPdf(document));
  const mailOf = (tenant: MailTenant): IdentifiedMail => ({
    ...facts,
    tenantId: tenant.id,
    mailId: path.identifier.mailId(tenant.id, received),
  });
  const work = [];
  using copies = new Copies(path.budget);
  const further = others.map((tenant) => ({ tenant, own: copies.of(received.documents) }));
  for (const { tenant, own } of [{ tenant: first, own: received.documents }, ...further]) {
    const mail = mailOf(tenant);
    await recorded(path.events.mailReceived(mail));
    if (!hasPdf) await recorded(path.events.mailIgnored(mail));
    const refusal = refusalOfSender(tenant.senders, received.envelope, received.verdicts);
    const accepted = refusal === undefined ? own : own.map((document) => refused(document, refusal));
    for (const document of identifyDocuments(path.identifier, mail, received.messageKey, accepted)) {
      work.push({ mail, document });
    }
  }
  const documents = await processAll(path, work, attempt);
  return { status: hasPdf ? "processed" : "ignored", mailId: mailOf(first).mailId, documents };
}

/** What its own bytes say about a document comes before what its sender is. */
function refused(document: ReceivedDocument, refusal: NonNullable<ReceivedDocument["refusal"]>): ReceivedDocument {
  document.content.wipe();
  return { ...document, refusal: document.refusal ?? refusal };
}

/** Documents of one mail once more for each further tenant: each is wiped when its own extraction exists. */
class Copies implements Disposable {
  readonly #budget: MemoryBudget;
  readonly #held = new DisposableStack();

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  of(documents: readonly ReceivedDocument[]): ReceivedDocument[] {
    const kept = documents.filter(({ content }) => !content.wiped);
    const reservation = this.#budget.tryReserve(kept.reduce((sum, { content }) => sum + content.length, 0));
    if (reservation === undefined) throw new HttpError("temporarily_unavailable");
    this.#held.use(reservation);
    return documents.map((document) => {
      if (document.content.wiped) return document;
      return { ...document, content: this.#held.use(document.content.copy()) };
    });
  }

  [Symbol.dispose](): void {
    this.#held.dispose();
  }
}
