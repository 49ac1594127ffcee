/** @import { Parameters } from "../api/client.js" */
/** @import { DocumentRow, Status } from "../api/types.js" */

/**
 * Which documents are asked for. It lives in memory only: a sender's address belongs in no address bar.
 *
 * @typedef {object} Filter
 * @property {readonly Status[]} statuses none means all
 * @property {string} code empty for any
 * @property {string} sender empty for any
 * @property {string | null} since RFC 3339, of `received_at`
 * @property {string | null} until
 */

/** @type {Filter} */
export const EVERYTHING = { statuses: [], code: "", sender: "", since: null, until: null };

/** @param {Filter} filter */
export function isEverything(filter) {
  const { statuses, code, sender, since, until } = filter;
  return statuses.length === 0 && code === "" && sender === "" && since === null && until === null;
}

/**
 * @param {Filter} filter
 * @returns {Parameters}
 */
export function parametersOf({ statuses, code, sender, since, until }) {
  return { status: statuses, code: code || null, sender: sender || null, since, until };
}

/**
 * Whether the server would list this document under this filter: it says so of what the live feed brings.
 *
 * @param {Filter} filter
 * @param {DocumentRow} document
 */
export function matches({ statuses, code, sender, since, until }, document) {
  if (statuses.length > 0 && !statuses.includes(document.status)) return false;
  if (code !== "" && document.code !== code) return false;
  if (sender !== "" && document.sender_email?.toLowerCase() !== sender.toLowerCase()) return false;
  if (since !== null && Date.parse(document.received_at) < Date.parse(since)) return false;
  return until === null || Date.parse(document.received_at) < Date.parse(until);
}
