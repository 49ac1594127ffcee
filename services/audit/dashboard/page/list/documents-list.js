import { failureIn } from "../api/api-error.js";
import { EVERYTHING, matches, parametersOf } from "./filter.js";
import { newestFirst, OrderedDocuments } from "./ordered-documents.js";

/** @import { Failure } from "../api/api-error.js" */
/** @import { Client, Parameters } from "../api/client.js" */
/** @import { DocumentRow, DocumentsPage } from "../api/types.js" */
/** @import { Filter } from "./filter.js" */

const PAGE_ROWS = 200;
/** What a page that is left open for days holds of what it was told: about forty screens. */
const MOST_ROWS = 2_000;

/**
 * The documents that a filter leaves, newest first, fetched page by page as they are scrolled to, and kept up to date by
 * what the live feed brings. It outlives its view, so that coming back from a document finds the list as it was.
 */
export class DocumentsList {
  /** @type {Filter} */
  filter = EVERYTHING;
  /** @type {Failure | undefined} */
  failure;
  isLoading = false;
  isComplete = false;
  /** Where the reader was when the view was left, pixels. */
  scrollTop = 0;
  /** Whether more wait than are held. */
  isWaitingCut = false;
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
  /**
   * Before when the next page begins, after rows were let go of; otherwise the filter's.
   *
   * @type {string | null}
   */
  #until = null;
  #listed = new OrderedDocuments();
  #waiting = new OrderedDocuments();
  /** @type {Set<() => void>} */
  #watchers = new Set();
  /**
   * For each answer that is on its way, what the feed has told meanwhile.
   *
   * @type {Set<Map<string, DocumentRow>>}
   */
  #toldMeanwhile = new Set();
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

  get rows() {
    return this.#listed.rows;
  }

  /** New documents that are held back, because the reader is not at the top and the list must not move under them. */
  get waiting() {
    return this.#waiting.rows;
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
    this.#until = null;
    this.isWaitingCut = false;
    this.#waiting.clear();
    this.#listed.clear();
    this.scrollTop = 0;
    this.isAtTop = true;
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
      const page = await this.#ask(
        { cursor: this.#cursor, ...(this.#until !== null && { until: this.#until }) },
        signal,
      );
      if (!signal.aborted) this.#append(page);
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
    const { document_id } = document;
    for (const told of this.#toldMeanwhile) told.set(document_id, document);
    const isWanted = matches(this.filter, document);
    if (this.#listed.has(document_id)) {
      if (isWanted) this.#listed.put(document);
      else this.#listed.remove(document_id);
    } else if (!isWanted) {
      this.#waiting.remove(document_id);
    } else if (this.#waiting.has(document_id) || this.#isInRange(document)) {
      (this.isAtTop ? this.#listed : this.#waiting).put(document);
      this.#bound();
    }
    this.#changed();
  }

  /**
   * Asks for the newest page again and takes what is in it: between the first page and the beginning of the live feed, and
   * whenever the feed had to begin anew, something may have happened that nobody tells.
   */
  async catchUp() {
    if (this.rows.length === 0 && this.isLoading) return;
    const { signal } = this.#asking;
    // What cannot be asked now is asked when the feed is back the next time.
    const page = await this.#ask({}, signal).catch(() => undefined);
    if (page === undefined || signal.aborted) return;
    for (const document of page.documents.toReversed()) this.take(document);
  }

  /** Puts the documents that were held back where they belong. */
  showWaiting() {
    // Between what waits and what is listed some were let go of.
    if (this.isWaitingCut) return this.reload();
    this.#listed.add(this.waiting);
    this.#waiting.clear();
    this.#bound();
    this.#changed();
  }

  /**
   * Asks for documents that the filter leaves. What the feed tells of one while the answer is on its way is newer than the
   * answer.
   *
   * @param {Parameters} parameters beyond the filter's
   * @param {AbortSignal} signal
   * @returns {Promise<DocumentsPage>}
   */
  async #ask(parameters, signal) {
    const { filter } = this;
    const all = { ...parametersOf(filter), tenant: this.#tenant, limit: PAGE_ROWS, ...parameters };
    /** @type {Map<string, DocumentRow>} */
    const told = new Map();
    this.#toldMeanwhile.add(told);
    try {
      const page = /** @type {DocumentsPage} */ (await this.#client.get("/api/documents", all, signal));
      const documents = page.documents.map((document) => told.get(document.document_id) ?? document);
      return {
        ...page,
        documents: documents.filter((document) => !told.has(document.document_id) || matches(filter, document)),
      };
    } finally {
      this.#toldMeanwhile.delete(told);
    }
  }

  /**
   * Lets go of the far end of what has become too much; it is fetched again when it is scrolled to. Nothing goes that the
   * reader has scrolled to, and nothing while a page is on its way that begins where the list ends now.
   */
  #bound() {
    if (this.#waiting.keepNewest(MOST_ROWS)) this.isWaitingCut = true;
    if (!this.isAtTop || this.isLoading || !this.#listed.keepNewest(MOST_ROWS)) return;
    // A millisecond may have several documents: the page begins with those of the last row's, and each is listed once.
    const last = this.rows.at(-1);
    this.#until = last === undefined ? null : new Date(Date.parse(last.received_at) + 1).toISOString();
    this.#cursor = null;
    this.isComplete = false;
  }

  /**
   * Whether a document that is not listed belongs among those that are. One that is older than all of them will be listed
   * when it is scrolled to. Everything does while the list is complete, or its first page is on its way and may have been
   * read before.
   *
   * @param {DocumentRow} document
   */
  #isInRange(document) {
    const last = this.rows.at(-1);
    const isFirstPage = this.#cursor === null && this.#until === null;
    return this.isComplete || isFirstPage || (last !== undefined && newestFirst(document, last) < 0);
  }

  /** @param {DocumentsPage} page */
  #append({ documents, next_cursor }) {
    this.#listed.add(documents);
    this.#cursor = next_cursor;
    this.isComplete = next_cursor === null;
  }

  #changed() {
    for (const watcher of this.#watchers) watcher();
  }
}
