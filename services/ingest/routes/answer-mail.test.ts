import { mailIdSchema } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import type { DocumentEnd } from "../process/document-end.ts";
import { answerMail } from "./answer-mail.ts";

const mailId = mailIdSchema.parse("5c8f0c86-6f0e-4a3c-9d8e-0a6a3ad2f001");
const at = { stage: "extract", durationMs: 1 } as const;
const delivered: DocumentEnd = { status: "delivered", erpHttpStatus: 200, attempts: 1, durationMs: 1 };
const duplicate: DocumentEnd = { status: "duplicate" };
const refused: DocumentEnd = { status: "refused", code: "document_encrypted", ...at };
const tooLarge: DocumentEnd = { status: "refused", code: "document_too_large", ...at };
const invalid: DocumentEnd = { status: "invalid", code: "extraction_failed_validation", ...at };
const undeliverable: DocumentEnd = { status: "undeliverable", code: "erp_rejected", ...at };
const deferred: DocumentEnd = { status: "deferred", code: "model_unavailable", ...at };

describe("answerMail", () => {
  it.each<[string, DocumentEnd[]]>([
    ["delivered", [delivered]],
    ["finished before", [duplicate]],
    ["refused", [refused]],
    ["invalid", [invalid]],
    ["undeliverable", [undeliverable]],
    ["a mixture of final ends", [delivered, duplicate, refused, invalid, undeliverable]],
  ])("accepts a mail whose documents are %s, naming each end", (_name, ends) => {
    const documents = ends.map((end, n) => ({ document: { documentId: `d${n}` }, end }));
    const answer = answerMail({ status: "processed", mailId, documents });
    expect(answer).toEqual({
      kind: "accepted",
      body: {
        mail_id: mailId,
        status: "processed",
        documents: ends.map((end, n) => ({
          document_id: `d${n}`,
          status: end.status,
          ...("code" in end && { code: end.code }),
        })),
      },
    });
  });

  it.each<[string, string, DocumentEnd[]]>([
    ["temporarily_unavailable", "model_unavailable", [deferred]],
    ["temporarily_unavailable", "model_unavailable", [delivered, deferred]],
    // A 413 would end the retries that the deferred document needs.
    ["temporarily_unavailable", "model_unavailable", [tooLarge, deferred]],
    ["payload_too_large", "document_too_large", [tooLarge]],
    ["payload_too_large", "document_too_large", [delivered, tooLarge, duplicate]],
  ])("fails with %s because of %s", (category, code, ends) => {
    const documents = ends.map((end, n) => ({ document: { documentId: `d${n}` }, end }));
    expect(answerMail({ status: "processed", mailId, documents })).toEqual({ kind: "failed", category, code });
  });
});
