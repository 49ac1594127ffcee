/**
 * What each code that a document can end with means, in a line. docs/errors has a page for each; a test holds this list to
 * the one table of codes.
 *
 * @type {Readonly<Record<string, string>>}
 */
export const CODE_MEANINGS = {
  document_too_large: "It is larger than one document may be.",
  document_empty: "It is empty.",
  document_not_pdf: "It is not a PDF.",
  document_encrypted: "It is encrypted and cannot be opened without a password.",
  document_unreadable: "It is not a PDF that can be opened.",
  document_over_parser_limits: "It needs more time, memory or pages than one document may take.",
  document_without_e_invoice: "It carries no e-invoice data, and no model is configured that could read it.",
  model_refused_document: "The model declined to read it.",
  sender_not_allowed: "Its tenant does not take documents from this sender.",
  sender_not_authenticated: "Its tenant asks for SPF or DKIM, and the mail did not pass.",
  extraction_failed_validation: "What was read from it lacks facts that an ERP needs.",
  erp_rejected: "The ERP said a final no.",
  erp_gone: "The ERP said that its endpoint is gone for good.",
  broker_unavailable: "The broker could not be reached.",
  claimed_elsewhere: "Another instance was working on it.",
  extractor_unavailable: "No extractor took it.",
  pusher_unavailable: "No erp-pusher took it.",
  deadline_exceeded: "It took longer than a mail may take.",
  model_unavailable: "The model could not be reached or was overloaded.",
  model_answer_unusable: "The model's answer was incomplete.",
  erp_unavailable: "The ERP could not be reached or was in trouble.",
  erp_certificate_invalid: "The ERP's certificate was not to be trusted.",
  erp_address_refused: "The ERP's name led to an address that nothing is sent to.",
  shutting_down: "The service was stopping.",
  internal_fault: "Something unexpected happened; the logs say what.",
};
