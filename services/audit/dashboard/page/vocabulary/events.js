/**
 * What each event about a document says, in a few words.
 *
 * @type {Readonly<Record<string, string>>}
 */
export const EVENT_WORDS = {
  "document.received": "Received",
  "document.claimed": "Claimed",
  "document.extracted": "Extracted",
  "document.delivered": "Delivered",
  "document.refused": "Refused",
  "document.invalid": "Found invalid",
  "document.undeliverable": "Found undeliverable",
  "document.deferred": "Deferred",
  "document.duplicate": "Recognised as a duplicate",
  "document.wiped": "Wiped",
};
