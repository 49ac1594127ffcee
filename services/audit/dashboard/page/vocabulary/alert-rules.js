/**
 * What each rule of an alert means, in a line. docs/operations/alerts.md says what to do; a test holds this list to audit's.
 *
 * @type {Readonly<Record<string, string>>}
 */
export const ALERT_MEANINGS = {
  documents_held_by_erp: "An ERP does not take documents; their senders keep them.",
  documents_held_by_model: "Documents cannot be read; their senders keep them.",
  documents_held: "Documents cannot be processed; their senders keep them.",
  documents_overheard: "Something on the broker could take in documents; none is taken until it is gone.",
  erp_endpoint_unusable: "An ERP’s endpoint is gone, or may not be talked to.",
  documents_given_up: "Documents have not come again for four hours: their senders have given up.",
  documents_undeliverable: "An ERP has refused documents for good.",
  documents_invalid: "Many extractions failed validation.",
  mails_refused: "Many mails could not be taken apart.",
  events_set_aside: "Messages on the stream were no events, and were set aside.",
  recording_behind: "Events wait to be recorded.",
  stream_silent: "The broker does not tell what waits to be recorded.",
  retention_overdue: "Retention has not got to its end for over a day.",
  retention_head_not_trusted: "Days are past their time and are kept: their heads are not signed as they must be.",
  clock_off: "An instance’s clock and the database’s do not agree; it records and removes nothing.",
};
