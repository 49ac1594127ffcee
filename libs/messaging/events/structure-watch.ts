import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@flowstate/runtime";
import type { EventsConnection } from "../connection.ts";
import { DocumentsOverheardError, forbidOverlap } from "./forbid-overlap.ts";

/** How often it is looked again. */
const WATCH_INTERVAL_MS = 30_000;
/** How soon after a look that failed, as long as nothing is known. */
const RETRY_MS = 1_000;
const LOOK_TIMEOUT_MS = 4_000;

/**
 * Looks now and from time to time whether a stream, consumer, mirror or bucket of the account with JetStream covers subjects
 * of documents. The identity needs to list streams and consumers, and no other right. A broker that is away changes nothing
 * of what was known.
 */
export class StructureWatch implements Disposable {
  readonly #connection: EventsConnection;
  readonly #logger: Logger;
  readonly #disposed = new AbortController();
  #verdict: "unknown" | "clear" | "overheard" = "unknown";
  #isFailing = false;

  private constructor(connection: EventsConnection, logger: Logger) {
    this.#connection = connection;
    this.#logger = logger;
  }

  /** Resolves after the first look, whatever came of it. */
  static async begin(
    connection: EventsConnection,
    logger: Logger,
    intervalMs = WATCH_INTERVAL_MS,
  ): Promise<StructureWatch> {
    const watch = new StructureWatch(connection, logger);
    await watch.#look();
    void watch.#lookAgain(intervalMs);
    return watch;
  }

  /** Nothing was there at the last look. False also while nothing is known: an unknown is not a yes. */
  get isClear(): boolean {
    return this.#verdict === "clear";
  }

  /** Something was there at the last look. */
  get isOverheard(): boolean {
    return this.#verdict === "overheard";
  }

  [Symbol.dispose](): void {
    this.#disposed.abort();
  }

  async #lookAgain(intervalMs: number): Promise<void> {
    const { signal } = this.#disposed;
    while (!signal.aborted) {
      const pauseMs = this.#verdict === "unknown" ? Math.min(RETRY_MS, intervalMs) : intervalMs;
      // An aborted wait is a finished wait.
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted && this.#connection.connected) await this.#look();
    }
  }

  async #look(): Promise<void> {
    const { nats, identity } = this.#connection;
    try {
      await forbidOverlap(await nats.jetstreamManager({ checkAPI: false, timeout: LOOK_TIMEOUT_MS }));
      if (this.isOverheard) this.#logger.info("documents.unheard", { peer: identity });
      this.#verdict = "clear";
    } catch (error) {
      if (!(error instanceof DocumentsOverheardError)) {
        if (!this.#isFailing) this.#logger.warn("documents.not_looked_after", { peer: identity }, error);
        this.#isFailing = true;
        return;
      }
      if (!this.isOverheard) this.#logger.error("documents.overheard", { peer: identity });
      this.#verdict = "overheard";
    }
    this.#isFailing = false;
  }
}
