import { GhostBytes } from "@flowstate/ghost";
import type { DocumentReading, ThreadAnswer } from "./document-reading.ts";
import { ParserThread, type WithoutAnswer } from "./parser-thread.ts";
import { Turns } from "./turns.ts";
import { DEFAULT_PARSER_LIMITS, isOverLimits, type ParserLimits } from "./watch-thread.ts";

export interface DocumentReaderOptions {
  readonly limits?: ParserLimits;
  /** Documents open at the same time, each in a thread of its own. Default: one for each processor. */
  readonly concurrency?: number;
}

/**
 * Opens PDFs, each in a thread of its own that sees no other document. One spare thread is always loading or loaded,
 * because loading the parser takes longer than opening most documents.
 */
export class DocumentReader implements AsyncDisposable {
  readonly #limits: ParserLimits;
  readonly #turns: Turns;
  readonly #ending = new Set<Promise<void>>();
  #spare: ParserThread | undefined;
  #closed = false;

  private constructor({ limits, concurrency }: DocumentReaderOptions) {
    this.#limits = limits ?? DEFAULT_PARSER_LIMITS;
    this.#turns = new Turns(concurrency ?? navigator.hardwareConcurrency);
  }

  /** Resolves when the first thread is ready; rejects if the parser cannot be loaded at all. */
  static async start(options: DocumentReaderOptions = {}): Promise<DocumentReader> {
    const reader = new DocumentReader(options);
    await reader.#keepSpare().ready();
    return reader;
  }

  /**
   * Opens one document. `content` is copied into memory that the thread reads in place and that is zeroed here before
   * this resolves, whatever became of the thread. Rejects only if no thread can be started.
   */
  async read(content: GhostBytes, signal: AbortSignal): Promise<DocumentReading> {
    using turn = await this.#turns.take(signal);
    if (turn === undefined) return { result: "stopped" };
    const thread = this.#takeThread();
    await thread.ready();
    const shared = new SharedArrayBuffer(content.length);
    const bytes = new Uint8Array(shared);
    try {
      bytes.set(content.view());
      return await this.#readIn(thread, shared, signal);
    } finally {
      bytes.fill(0);
      this.#end(thread);
      if (!this.#closed) this.#keepSpare();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#spare?.terminate();
    this.#spare = undefined;
    await Promise.all(this.#ending);
  }

  async #readIn(thread: ParserThread, shared: SharedArrayBuffer, signal: AbortSignal): Promise<DocumentReading> {
    using stack = new DisposableStack();
    const finished = stack.adopt(new AbortController(), (controller) => controller.abort());
    const stop = AbortSignal.any([signal, finished.signal]);
    const answered = thread.parse(shared).then((answer) => ({ answer }));
    const watched = isOverLimits(thread, this.#limits, shared.byteLength, stop).then((over) => ({ over }));
    const first = await Promise.race([answered, watched]);
    if ("answer" in first) return readingOf(first.answer);
    if (first.over) {
      await thread.terminate();
      return { result: "refused", code: "document_over_parser_limits" };
    }
    if (signal.aborted) {
      answered.then(({ answer }) => wipeAnswer(answer)).catch(() => {});
      return { result: "stopped" };
    }
    // The watch saw the thread end before its last message was delivered, or it ended without one.
    return readingOf((await answered).answer);
  }

  #takeThread(): ParserThread {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare?.alive === true ? spare : new ParserThread();
  }

  #keepSpare(): ParserThread {
    this.#spare ??= new ParserThread();
    return this.#spare;
  }

  #end(thread: ParserThread): void {
    const ended = thread.end();
    this.#ending.add(ended);
    void ended.finally(() => this.#ending.delete(ended));
  }
}

function readingOf(answer: ThreadAnswer | WithoutAnswer): DocumentReading {
  if (answer === "ended_from_outside") return { result: "refused", code: "document_over_parser_limits" };
  if (answer === "ran_dry") return { result: "refused", code: "document_unreadable" };
  if (answer.result === "refused") return answer;
  const { page_count: pageCount, e_invoice: eInvoice } = answer;
  if (eInvoice.state !== "read") return { result: "opened", pageCount, eInvoice: { state: eInvoice.state } };
  const { json, validation } = eInvoice;
  return { result: "opened", pageCount, eInvoice: { state: "read", extraction: GhostBytes.taking(json), validation } };
}

function wipeAnswer(answer: ThreadAnswer | WithoutAnswer): void {
  if (typeof answer === "string" || answer.result !== "opened" || answer.e_invoice.state !== "read") return;
  answer.e_invoice.json.fill(0);
}
