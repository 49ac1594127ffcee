import { randomUUID } from "node:crypto";
import {
  type CodeOf,
  type DocumentId,
  type ExtractOutcome,
  type MailId,
  mailIdSchema,
  type Source,
  type TenantId,
} from "@flowstate/contracts";
import type { EventPublisher } from "@flowstate/messaging";
import type { Logger } from "@flowstate/runtime";
import type { IdentifiedDocument, IdentifiedMail } from "./mail.ts";
import type { DocumentEnd, EndDetails } from "./process/document-end.ts";

/** Bytes that each service zeroed; a service that vanished before its receipt is absent, and so is its memory. */
export interface WipedBytes {
  readonly ingest: number;
  readonly extractor?: number | undefined;
  readonly erpPusher?: number | undefined;
}

/**
 * Every business fact of ingest has one function here that makes it an event. They resolve when the event is durable and
 * throw `EventNotStoredError` when it is not. What is logged beside them is one line per document and per mail.
 */
export class IngestEvents {
  readonly #publisher: EventPublisher;
  readonly #logger: Logger;

  constructor(publisher: EventPublisher, logger: Logger) {
    this.#publisher = publisher;
    this.#logger = logger;
  }

  async mailReceived(mail: IdentifiedMail): Promise<void> {
    await this.#publisher.publish({
      type: "mail.received",
      data: {
        ...mailFields(mail),
        source: mail.source,
        size_bytes: mail.sizeBytes,
        sender_email: mail.senderEmail,
      },
    });
  }

  async mailIgnored(mail: IdentifiedMail): Promise<void> {
    await this.#publisher.publish({ type: "mail.ignored", data: { ...mailFields(mail), code: "no_document" } });
    this.#logger.info("mail.ignored", { mail_id: mail.mailId, tenant_id: mail.tenantId, code: "no_document" });
  }

  async mailUnroutable(mail: Omit<IdentifiedMail, "tenantId">): Promise<void> {
    await this.#publisher.publish({
      type: "mail.unroutable",
      data: {
        mail_id: mail.mailId,
        source: mail.source,
        size_bytes: mail.sizeBytes,
        code: "unknown_recipient",
        sender_email: mail.senderEmail,
      },
    });
    this.#logger.info("mail.unroutable", { mail_id: mail.mailId, code: "unknown_recipient" });
  }

  /** What was posted is no acceptable mail: nothing is known of it but its announced size. */
  async mailRefused(
    source: Source,
    code: CodeOf<"mail_refused">,
    size: { readonly sizeBytes: number | undefined },
  ): Promise<void> {
    const facts = { mail_id: mailIdSchema.parse(randomUUID()), code };
    const size_bytes = size.sizeBytes;
    await this.#publisher.publish({ type: "mail.refused", data: { ...facts, source, size_bytes } });
    this.#logger.warn("mail.refused", { ...facts, ...(size_bytes !== undefined && { size_bytes }) });
  }

  /** `durationMs` is how long receiving took; of a redelivery it stays what the first delivery said. */
  async documentReceived(mail: IdentifiedMail, document: IdentifiedDocument, durationMs: number): Promise<void> {
    await this.#publisher.publish({
      type: "document.received",
      data: {
        ...documentFields(mail, document),
        source: mail.source,
        size_bytes: document.sizeBytes,
        sender_email: mail.senderEmail,
        duration_ms: durationMs,
      },
    });
  }

  /** `attempt` is the lease's: each one that works on the document says so. */
  async documentClaimed(
    mail: IdentifiedMail,
    document: IdentifiedDocument,
    { attempt, durationMs }: { readonly attempt: string; readonly durationMs: number },
  ): Promise<void> {
    await this.#publisher.publish({
      type: "document.claimed",
      cause: attempt,
      data: { ...documentFields(mail, document), duration_ms: durationMs },
    });
  }

  /** `attempt` makes the extraction of a later redelivery a fact of its own. */
  async documentExtracted(
    mail: IdentifiedMail,
    document: IdentifiedDocument,
    outcome: ExtractOutcome & { result: "extracted" },
    { attempt, durationMs }: { readonly attempt: string; readonly durationMs: number },
  ): Promise<void> {
    const { result: _result, ...reading } = outcome;
    await this.#publisher.publish({
      type: "document.extracted",
      cause: attempt,
      data: { ...documentFields(mail, document), ...reading, duration_ms: durationMs },
    });
  }

  /** The end of this attempt. `cause` tells repeatable ends (deferred, duplicate) of different attempts apart. */
  async documentEnded(
    mail: IdentifiedMail,
    document: IdentifiedDocument,
    end: DocumentEnd,
    cause: string,
  ): Promise<void> {
    const fields = documentFields(mail, document);
    switch (end.status) {
      case "delivered":
        await this.#publisher.publish({
          type: "document.delivered",
          data: {
            ...fields,
            duration_ms: end.durationMs,
            erp_http_status: end.erpHttpStatus,
            attempts: end.attempts,
          },
        });
        break;
      case "duplicate":
        await this.#publisher.publish({ type: "document.duplicate", cause, data: fields });
        break;
      case "refused":
        await this.#publisher.publish({
          type: "document.refused",
          data: { ...fields, code: end.code, ...details(end) },
        });
        break;
      case "invalid":
        await this.#publisher.publish({
          type: "document.invalid",
          data: { ...fields, code: end.code, ...details(end), ...end.reading },
        });
        break;
      case "undeliverable":
        await this.#publisher.publish({
          type: "document.undeliverable",
          data: { ...fields, code: end.code, ...details(end) },
        });
        break;
      case "deferred":
        await this.#publisher.publish({
          type: "document.deferred",
          cause,
          data: { ...fields, code: end.code, ...details(end) },
        });
        break;
      default:
        end satisfies never;
    }
    this.#logEnd(mail, document, end);
  }

  async documentWiped(
    mail: IdentifiedMail,
    document: IdentifiedDocument,
    wiped: WipedBytes,
    attempt: string,
  ): Promise<void> {
    await this.#publisher.publish({
      type: "document.wiped",
      cause: attempt,
      data: {
        ...documentFields(mail, document),
        wiped_bytes: {
          ingest: wiped.ingest,
          extractor: wiped.extractor,
          "erp-pusher": wiped.erpPusher,
        },
      },
    });
  }

  /** A fault that could not even be made an event, because the broker is what failed. */
  documentNotAudited(
    mail: IdentifiedMail,
    document: IdentifiedDocument,
    code: CodeOf<"deferred">,
    cause: unknown,
  ): void {
    this.#logger.warn(
      "document.not_audited",
      { mail_id: mail.mailId, document_id: document.documentId, tenant_id: mail.tenantId, code },
      cause,
    );
  }

  #logEnd(mail: IdentifiedMail, document: IdentifiedDocument, end: DocumentEnd): void {
    this.#logger.info("document.ended", {
      mail_id: mail.mailId,
      document_id: document.documentId,
      tenant_id: mail.tenantId,
      end: end.status,
      size_bytes: document.sizeBytes,
      ...("code" in end && { code: end.code, stage: end.stage }),
      ...("durationMs" in end && { duration_ms: end.durationMs }),
    });
  }
}

function mailFields(mail: IdentifiedMail): { tenant_id: TenantId; mail_id: MailId } {
  return { tenant_id: mail.tenantId, mail_id: mail.mailId };
}

function documentFields(
  mail: IdentifiedMail,
  document: IdentifiedDocument,
): { tenant_id: TenantId; mail_id: MailId; document_id: DocumentId } {
  return { ...mailFields(mail), document_id: document.documentId };
}

function details(end: EndDetails) {
  return {
    stage: end.stage,
    duration_ms: end.durationMs,
    page_count: end.pageCount,
    validation_status: end.validationStatus,
    validation_issue_count: end.validationIssueCount,
    erp_http_status: end.erpHttpStatus,
    attempts: end.attempts,
  };
}
