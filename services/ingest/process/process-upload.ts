import type { MailId, TenantId } from "@flowstate/contracts";
import type { IdentifiedDocument, IdentifiedMail, ReceivedDocuments } from "../mail.ts";
import { countDocument } from "../metrics.ts";
import type { Attempt } from "./attempt.ts";
import { identifyDocuments } from "./identify.ts";
import { isNoPdf, processAll, recorded } from "./process-documents.ts";
import { type MailPath, type MailResult, recordMail } from "./process-mail.ts";
import { type CallerDocument, readForCaller } from "./read-for-caller.ts";

/**
 * Takes the documents that a tenant uploaded to its ERP, as those of a mail.
 * Throws `HttpError("temporarily_unavailable")` when not even the upload itself could be recorded.
 */
export async function processUpload(
  path: MailPath,
  tenant: TenantId,
  received: ReceivedDocuments,
  attempt: Attempt,
): Promise<MailResult> {
  const { mail, documents, hasPdf } = identifyUpload(path, tenant, received);
  const ends = await processAll(
    path,
    documents.map((document) => ({ mail, document })),
    attempt,
    recordMail(path, mail, hasPdf),
  );
  return { status: hasPdf ? "processed" : "ignored", mailId: mail.mailId, documents: ends };
}

/** What was read for the caller. Disposing wipes the extractions. */
export interface UploadReading extends Disposable {
  readonly status: "processed" | "ignored";
  readonly mailId: MailId;
  readonly documents: readonly CallerDocument[];
  /** Records that the extractions are zeroed: to be called when they are. */
  recordWiped(): Promise<void>;
}

/**
 * Reads the documents that a tenant uploaded, one after the other, for the tenant itself. Either all of them are read and
 * on record as delivered when this resolves, or those that are not final come again. Throws as `processUpload`.
 */
export async function readUpload(
  path: MailPath,
  tenant: TenantId,
  received: ReceivedDocuments,
  attempt: Attempt,
): Promise<UploadReading> {
  const { mail, documents, hasPdf } = identifyUpload(path, tenant, received);
  await recordMail(path, mail, hasPdf);
  using reading = new DisposableStack();
  const ended: CallerDocument[] = [];
  for (const document of documents) {
    const result = await readForCaller(path, mail, document, attempt);
    if (result.extraction !== undefined) reading.use(result.extraction);
    ended.push(result);
  }
  const deferred = ended.map(({ end }) => end).find((end) => end.status === "deferred");
  for (const { document, end, extraction } of ended) {
    // The answer is one: what was read beside a document that must come again comes again with it.
    const answered =
      deferred === undefined || extraction === undefined ? end : { ...deferred, stage: "deliver" as const };
    countDocument(mail.source, answered);
    if (extraction === undefined) continue;
    await recorded(path.events.documentEnded(mail, document, answered, attempt.requestId));
  }
  const held = reading.move();
  return {
    status: hasPdf ? "processed" : "ignored",
    mailId: mail.mailId,
    documents: ended,
    recordWiped: async () => {
      for (const result of ended) {
        if (result.extraction === undefined) continue;
        await path.events.documentWiped(mail, result.document, result.wiped, attempt.requestId);
      }
    },
    [Symbol.dispose]: () => held.dispose(),
  };
}

function identifyUpload(
  path: MailPath,
  tenantId: TenantId,
  received: ReceivedDocuments,
): {
  readonly mail: IdentifiedMail;
  readonly documents: readonly IdentifiedDocument[];
  readonly hasPdf: boolean;
} {
  const mail: IdentifiedMail = {
    mailId: path.identifier.mailId(tenantId, received),
    tenantId,
    senderEmail: undefined,
    source: "api",
    receivedAt: new Date().toISOString(),
    sizeBytes: received.sizeBytes,
  };
  const hasPdf = received.documents.some((document) => !isNoPdf(document));
  return { mail, hasPdf, documents: identifyDocuments(path.identifier, mail, received.messageKey, received.documents) };
}
