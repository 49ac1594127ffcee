import { failureIn, retryAfterIn } from "../api/api-error.js";
import { readServerEvents } from "./read-server-events.js";

/** @import { Client } from "../api/client.js" */
/** @import { RecordedEvent } from "../api/types.js" */

const BACKOFF_MIN_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;
/** Up to this much of a pause is left to chance, so that all pages of a server that comes back do not come at once. */
const JITTER = 0.3;
/** The server says every 15 seconds that it is there; silence beyond this is a dead connection. */
const SILENCE_LIMIT_MS = 40_000;

/**
 * How the feed stands: `away` while the server does not answer, `crowded` while it has no stream left for this key, `paused`
 * while it is there and its database is not. `since` and `retryAt`, when the next attempt is made, are in milliseconds since
 * 1970.
 *
 * @typedef {{ kind: "connecting" } | { kind: "live" } | { kind: "paused", since: number }
 *   | { kind: "away" | "crowded", since: number, retryAt: number }} FeedState
 */

/**
 * What is recorded, as it is recorded: keeps one stream open, opens it again after a pause that grows, and goes on where
 * it was broken off, so that nothing is missed in between.
 */
export class LiveFeed {
  /** @type {FeedState} */
  state = { kind: "connecting" };
  #client;
  #tenant;
  #stopping = new AbortController();
  /** @type {Set<(recorded: RecordedEvent) => void>} */
  #readers = new Set();
  /** @type {() => void} */
  #onState;
  /** @type {() => void} */
  #onRefused;
  /** @type {string | undefined} */
  #lastEventId;
  /** @type {() => void} */
  #wake = () => {};

  /**
   * @param {object} options
   * @param {Client} options.client
   * @param {string | null} options.tenant whose events; null for all that the key may see
   * @param {() => void} options.onState called whenever `state` has changed
   * @param {() => void} options.onRefused called when the key is not accepted any more
   */
  constructor({ client, tenant, onState, onRefused }) {
    this.#client = client;
    this.#tenant = tenant;
    this.#onState = onState;
    this.#onRefused = onRefused;
    void this.#run();
  }

  /**
   * Calls `reader` with each event from now on, until the returned function is called.
   *
   * @param {(recorded: RecordedEvent) => void} reader
   */
  subscribe(reader) {
    this.#readers.add(reader);
    return () => void this.#readers.delete(reader);
  }

  /** Tries at once instead of waiting for the pause to be over. */
  retryNow() {
    this.#wake();
  }

  stop() {
    this.#stopping.abort();
    this.#wake();
  }

  async #run() {
    let pauseMs = BACKOFF_MIN_MS;
    let awaySince = 0;
    while (!this.#stopping.signal.aborted) {
      let isCrowded = false;
      let askedPauseMs = 0;
      try {
        await this.#follow(() => {
          pauseMs = BACKOFF_MIN_MS;
          awaySince = 0;
        });
      } catch (error) {
        const failure = failureIn(error);
        if (this.#stopping.signal.aborted) return;
        if (failure === "wrong_key" || failure === "forbidden") return this.#onRefused();
        isCrowded = failure === "busy";
        askedPauseMs = retryAfterIn(error);
      }
      if (this.#stopping.signal.aborted) return;
      awaySince ||= Date.now();
      const waitMs = Math.max(pauseMs, askedPauseMs) * (1 + Math.random() * JITTER);
      this.#become({ kind: isCrowded ? "crowded" : "away", since: awaySince, retryAt: Date.now() + waitMs });
      await this.#pause(waitMs);
      pauseMs = Math.min(pauseMs * 2, BACKOFF_MAX_MS);
    }
  }

  /** @param {() => void} onOpen */
  async #follow(onOpen) {
    const silence = new AbortController();
    const signal = AbortSignal.any([this.#stopping.signal, silence.signal]);
    let watch = setTimeout(() => silence.abort(), SILENCE_LIMIT_MS);
    try {
      const address = this.#tenant === null ? "/api/stream" : `/api/stream?tenant=${encodeURIComponent(this.#tenant)}`;
      const resume = this.#lastEventId === undefined ? {} : { "last-event-id": this.#lastEventId };
      const answer = await this.#client.open(address, { accept: "text/event-stream", ...resume }, signal);
      if (answer.body === null) return;
      onOpen();
      this.#become({ kind: "live" });
      for await (const event of readServerEvents(answer.body)) {
        clearTimeout(watch);
        watch = setTimeout(() => silence.abort(), SILENCE_LIMIT_MS);
        if (event.id !== undefined) this.#lastEventId = event.id;
        this.#followState(event.type);
        if (event.type === "recorded") this.#tell(JSON.parse(event.data));
      }
    } finally {
      clearTimeout(watch);
    }
  }

  /** @param {string} type of the event that has come */
  #followState(type) {
    if (type === "paused") this.#become({ kind: "paused", since: Date.now() });
    else if (type !== "comment" && this.state.kind === "paused") this.#become({ kind: "live" });
  }

  /** @param {RecordedEvent} recorded */
  #tell(recorded) {
    for (const reader of this.#readers) reader(recorded);
  }

  /** @param {FeedState} state */
  #become(state) {
    this.state = state;
    this.#onState();
  }

  /** @param {number} waitMs */
  #pause(waitMs) {
    return new Promise((/** @type {(value: void) => void} */ resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
