import type { DocumentId, FinalEvent, MailId, TenantId } from "@flowstate/contracts";
import type { IdentifiedDocument, IdentifiedMail } from "./mail.ts";
import type { EndDetails, FinalEnd } from "./process/document-end.ts";

/** The event that says how a document ended for good, before it is one: the ledger keeps it until then. */
export function finalEventOf(mail: IdentifiedMail, document: IdentifiedDocument, end: FinalEnd): FinalEvent {
  const fields = documentFields(mail, document);
  switch (end.status) {
    case "delivered":
      return {
        type: "document.delivered",
        data: {
          ...fields,
          duration_ms: end.durationMs,
          erp_http_status: end.erpHttpStatus,
          attempts: end.attempts,
        },
      };
    case "refused":
      return { type: "document.refused", data: { ...fields, code: end.code, ...details(end) } };
    case "invalid":
      return { type: "document.invalid", data: { ...fields, code: end.code, ...details(end), ...end.reading } };
    case "undeliverable":
      return { type: "document.undeliverable", data: { ...fields, code: end.code, ...details(end) } };
  }
}

export function mailFields(mail: IdentifiedMail): { tenant_id: TenantId; mail_id: MailId } {
  return { tenant_id: mail.tenantId, mail_id: mail.mailId };
}

export function documentFields(
  mail: IdentifiedMail,
  document: IdentifiedDocument,
): { tenant_id: TenantId; mail_id: MailId; document_id: DocumentId } {
  return { ...mailFields(mail), document_id: document.documentId };
}

export function details(end: EndDetails) {
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
