/** @import { Status } from "../api/types.js" */

/**
 * How each status is told: a word, a sentence, and a tone. The tone is never all there is: every status has a shape of its
 * own (components/status-mark.js) and its word beside it.
 *
 * @typedef {"good" | "moving" | "held" | "bad" | "quiet"} Tone
 * @type {Readonly<Record<Status, { word: string, tone: Tone, meaning: string }>>}
 */
export const STATUSES = {
  received: { word: "Received", tone: "moving", meaning: "It has arrived and is being worked on." },
  extracted: { word: "Extracted", tone: "moving", meaning: "It has been read; its JSON is on the way to the ERP." },
  delivered: { word: "Delivered", tone: "good", meaning: "The ERP has taken its JSON." },
  deferred: { word: "Deferred", tone: "held", meaning: "A temporary fault. The sender keeps it and sends it again." },
  refused: { word: "Refused", tone: "bad", meaning: "It can never be accepted. Sending it again would not help." },
  invalid: { word: "Invalid", tone: "bad", meaning: "What was read from it is not fit to be booked." },
  undeliverable: { word: "Undeliverable", tone: "bad", meaning: "The ERP has said a final no." },
  duplicate: { word: "Duplicate", tone: "quiet", meaning: "It was finished before. Nothing was done." },
};

export const STATUS_ORDER = /** @type {readonly Status[]} */ (Object.keys(STATUSES));
