/** @import { DocumentRow } from "../api/types.js" */

/**
 * Documents, newest first, each once. One more costs a search and a shift, however many there are: a page that was asleep is
 * told everything at once when it wakes.
 */
export class OrderedDocuments {
  /** @type {DocumentRow[]} */
  #rows = [];
  /** @type {Map<string, DocumentRow>} */
  #byId = new Map();

  /** @returns {readonly DocumentRow[]} as they are now, and as they will be after the next change */
  get rows() {
    return this.#rows;
  }

  /** @param {string} id */
  has(id) {
    return this.#byId.has(id);
  }

  /** Puts a document in its place, instead of what was known of it. @param {DocumentRow} document */
  put(document) {
    this.remove(document.document_id);
    this.#rows.splice(this.#placeOf(document), 0, document);
    this.#byId.set(document.document_id, document);
  }

  /** Adds those that are not here yet. @param {readonly DocumentRow[]} documents */
  add(documents) {
    const added = documents.filter(({ document_id }) => !this.has(document_id));
    this.#rows = [...this.#rows, ...added].toSorted(newestFirst);
    for (const document of added) this.#byId.set(document.document_id, document);
  }

  /** @param {string} id */
  remove(id) {
    const known = this.#byId.get(id);
    if (known === undefined) return;
    this.#rows.splice(this.#placeOf(known), 1);
    this.#byId.delete(id);
  }

  /**
   * Lets go of the oldest beyond `most`.
   *
   * @param {number} most
   * @returns {boolean} whether there were any
   */
  keepNewest(most) {
    const dropped = this.#rows.splice(most);
    for (const { document_id } of dropped) this.#byId.delete(document_id);
    return dropped.length > 0;
  }

  clear() {
    this.#rows = [];
    this.#byId.clear();
  }

  /** How many are newer than this one. @param {DocumentRow} document */
  #placeOf(document) {
    let from = 0;
    let to = this.#rows.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const row = this.#rows[middle];
      if (row !== undefined && newestFirst(row, document) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/**
 * @param {DocumentRow} a
 * @param {DocumentRow} b
 */
export function newestFirst(a, b) {
  if (a.received_at !== b.received_at) return a.received_at < b.received_at ? 1 : -1;
  if (a.document_id === b.document_id) return 0;
  return a.document_id < b.document_id ? 1 : -1;
}
