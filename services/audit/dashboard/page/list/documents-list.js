import { failureIn } from "../api/api-error.js";
import { EVERYTHING, matches, parametersOf } from "./filter.js";

/** @import { Failure } from "../api/api-error.js" */
/** @import { Client } from "../api/client.js" */
/** @import { DocumentRow, DocumentsPage } from "../api/types.js" */
/** @import { Filter } from "./filter.js" */

const PAGE_ROWS = 200;

/**
 * The documents that a filter leaves, newest first, fetched page by page as they are scrolled to, and kept up to date by
 * what the live feed brings. It outlives its view, so that coming back from a document finds the list as it was.
 */
export class DocumentsList {
  /** @type {DocumentRow[]} */
  rows = [];
  /** New documents that are held back, because the reader is not at the top and the list must not move under them. */
  /** @type {DocumentRow[]} */
  waiting = [];
  /** @type {Filter} */
  filter = EVERYTHING;
  /** @type {Failure | undefined} */
  failure;
  isLoading = false;
  isComplete = false;
  /** Where the reader was when the view was left, pixels. */
  scrollTop = 0;
  /** Whether new documents are shown at once. */
  isAtTop = true;
  /**
   * The document that was opened last: whoever comes back goes on from there.
   *
   * @type {string | undefined}
   */
  opened;
  #client;
  #tenant;
  /** @type {string | null} */
  #cursor = null;
  /** @type {Map<string, number>} */
  #indexOf = new Map();
  /** @type {Set<() => void>} */
  #watchers = new Set();
  #asking = new AbortController();

  /**
   * @param {Client} client
   * @param {string | null} tenant
   */
  constructor(client, tenant) {
    this.#client = client;
    this.#tenant = tenant;
    void this.loadMore();
  }

  /**
   * Calls `watcher` whenever something has changed, until the returned function is called.
   *
   * @param {() => void} watcher
   */
  watch(watcher) {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** @param {Filter} filter */
  setFilter(filter) {
    this.filter = filter;
    this.reload();
  }

  /** Begins again at the newest. */
  reload() {
    this.#asking.abort();
    this.#asking = new AbortController();
    this.isLoading = false;
    this.isComplete = false;
    this.failure = undefined;
    this.#cursor = null;
    this.waiting = [];
    this.scrollTop = 0;
    this.isAtTop = true;
    this.#setRows([]);
    void this.loadMore();
  }

  /** Fetches the next page, unless there is none or it is on its way. */
  async loadMore() {
    if (this.isLoading || this.isComplete) return;
    const { signal } = this.#asking;
    this.isLoading = true;
    this.failure = undefined;
    this.#changed();
    try {
      const parameters = { ...parametersOf(this.filter), tenant: this.#tenant, cursor: this.#cursor, limit: PAGE_ROWS };
      const page = await this.#client.get("/api/documents", parameters, signal);
      if (!signal.aborted) this.#append(/** @type {DocumentsPage} */ (page));
    } catch (error) {
      if (signal.aborted) return;
      this.failure = failureIn(error);
    }
    if (signal.aborted) return;
    this.isLoading = false;
    this.#changed();
  }

  /**
   * A document as the live feed tells it: in its place if it is listed, among the others if it is new.
   *
   * @param {DocumentRow} document
   */
  take(document) {
    const index = this.#indexOf.get(document.document_id);
    const isWanted = matches(this.filter, document);
    if (index !== undefined) {
      if (isWanted) this.rows[index] = document;
      else this.#setRows(this.rows.toSpliced(index, 1));
      return this.#changed();
    }
    if (!isWanted || !this.#isInRange(document)) return;
    const waitingAt = this.waiting.findIndex(({ document_id }) => document_id === document.document_id);
    if (waitingAt >= 0) this.waiting[waitingAt] = document;
    else this.waiting.unshift(document);
    if (this.isAtTop) this.showWaiting();
    else this.#changed();
  }

  /**
   * Asks for the newest page again and takes what is in it: between the first page and the beginning of the live feed, and
   * whenever the feed had to begin anew, something may have happened that nobody tells.
   */
  async catchUp() {
    if (this.rows.length === 0 && this.isLoading) return;
    const { signal } = this.#asking;
    const parameters = { ...parametersOf(this.filter), tenant: this.#tenant, limit: PAGE_ROWS };
    // What cannot be asked now is asked when the feed is back the next time.
    const page = await this.#client.get("/api/documents", parameters, signal).catch(() => undefined);
    if (page === undefined || signal.aborted) return;
    for (const document of /** @type {DocumentsPage} */ (page).documents.toReversed()) this.take(document);
  }

  /** Puts the documents that were held back where they belong. */
  showWaiting() {
    this.#setRows([...this.waiting, ...this.rows].toSorted(newestFirst));
    this.waiting = [];
    this.#changed();
  }

  /**
   * Whether a document that is not listed belongs among those that are. One that is older than all of them will be listed
   * when it is scrolled to. Without a cursor, everything does: the list is complete, or its first page is on its way and
   * may have been read before.
   *
   * @param {DocumentRow} document
   */
  #isInRange(document) {
    const last = this.rows.at(-1);
    return this.#cursor === null || (last !== undefined && newestFirst(document, last) < 0);
  }

  /** @param {DocumentsPage} page */
  #append({ documents, next_cursor }) {
    // What the feed has brought since is newer than the page.
    const added = documents.filter(({ document_id }) => !this.#indexOf.has(document_id));
    this.#setRows([...this.rows, ...added].toSorted(newestFirst));
    this.#cursor = next_cursor;
    this.isComplete = next_cursor === null;
  }

  /** @param {DocumentRow[]} rows */
  #setRows(rows) {
    this.rows = rows;
    this.#indexOf = new Map(rows.map(({ document_id }, index) => [document_id, index]));
  }

  #changed() {
    for (const watcher of this.#watchers) watcher();
  }
}

/**
 * @param {DocumentRow} a
 * @param {DocumentRow} b
 */
function newestFirst(a, b) {
  if (a.received_at !== b.received_at) return a.received_at < b.received_at ? 1 : -1;
  return a.document_id < b.document_id ? 1 : -1;
}
