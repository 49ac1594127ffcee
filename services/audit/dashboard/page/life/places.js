/** @import { Holding, Place } from "./tell-life.js" */

/**
 * The lanes of the picture, from the sender to the ERP. `third` are parties that are not Flowstate.
 *
 * @type {readonly { place: Place, word: string, note: string, third: boolean }[]}
 */
export const PLACES = [
  { place: "sender", word: "Sender's queue", note: "until it is answered", third: true },
  { place: "ingest", word: "ingest", note: "memory only", third: false },
  { place: "extractor", word: "extractor", note: "memory only", third: false },
  { place: "gemini", word: "Gemini", note: "asked not to store", third: true },
  { place: "erp-pusher", word: "erp-pusher", note: "memory only", third: false },
  { place: "erp", word: "Your ERP", note: "keeps what it was given", third: true },
];

/** @type {Readonly<Record<Holding, string>>} */
export const HOLDINGS = { mail: "the mail", document: "the document", extraction: "the extraction" };

/** What is said of bytes that nobody has said to be zeroed. */
export const NO_RECEIPT = "no receipt came";

/** @type {Readonly<Record<Place, string>>} */
export const PLACE_WORDS = /** @type {Record<Place, string>} */ (
  Object.fromEntries(PLACES.map(({ place, word }) => [place, word]))
);
