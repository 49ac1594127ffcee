import type { Code } from "@flowstate/contracts";

/** What each code means to the person who mailed the document, in a line. */
export const CODE_MEANINGS: Readonly<Record<Code, string>> = {
  document_too_large: "it is larger than MAX_UPLOAD_BYTES allows",
  document_encrypted: "it is encrypted and cannot be opened without a password",
  document_unreadable: "it is not a PDF that can be opened",
  document_over_parser_limits: "it needs more time, memory or pages than one document may take",
  document_without_e_invoice: "it carries no e-invoice data, and without GEMINI_API_KEY nothing else can read it",
  model_refused_document: "the model declined to read it",
  extraction_failed_validation: "what was read from it lacks facts that an ERP needs",
  erp_rejected: "the ERP said a final no",
  broker_unavailable: "the broker cannot be reached; the sender tries again",
  claimed_elsewhere: "another instance is working on it; the sender tries again",
  extractor_unavailable: "no extractor took it; the sender tries again",
  pusher_unavailable: "no erp-pusher took it; the sender tries again",
  deadline_exceeded: "it took longer than a mail may take; the sender tries again",
  model_unavailable: "the model cannot be reached or is overloaded; the sender tries again",
  model_answer_unusable: "the model's answer was incomplete; the sender tries again",
  erp_unavailable: "the ERP cannot be reached or is in trouble; the sender tries again",
  shutting_down: "the service was stopping; the sender tries again",
  internal_fault: "something unexpected happened, see the logs; the sender tries again",
  no_document: "the mail holds no PDF",
  unknown_recipient: "nobody here has that address",
};
