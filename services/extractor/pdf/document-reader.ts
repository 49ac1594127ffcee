import { GhostBytes, stringsLeft } from "@flowstate/ghost";
import { Semaphore } from "../semaphore.ts";
import type { WithoutAnswer } from "../threads/contained-thread.ts";
import type { ThreadProgram } from "../threads/thread-program.ts";
import { DEFAULT_THREAD_LIMITS, isOverLimits, type ThreadLimits } from "../threads/watch-thread.ts";
import type { DocumentReading, EInvoice, PageText, ThreadAnswer, ThreadText, WithoutData } from "./document-reading.ts";
import { ParserThread } from "./parser-thread.ts";

export interface DocumentReaderOptions {
  readonly limits?: ThreadLimits;
  /** Documents open at the same time, each in a thread of its own. Default: one for each processor. */
  readonly concurrency?: number;
}

/**
 * Opens PDFs, each in a thread of its own that sees no other document. One spare thread is always loading or loaded,
 * because loading the parser takes longer than opening most documents.
 *
 * The next spare begins as soon as the one before has its document: to make a thread keeps this one busy for milliseconds, in
 * which nothing else waits for it, and what the spare loads goes on beside the document. On two processors a scan of 1 MB then
 * takes 33 ms, whenever it comes; with a spare that begins when a document has ended it takes 24 ms where 40 ms have passed
 * since, in which the spare takes the processor from the model's request and the answer, and 64 ms where none have. One is
 * enough: more would load for nobody until as many documents come at once, and hold 23 MB each meanwhile.
 */
export class DocumentReader implements AsyncDisposable {
  readonly #program: ThreadProgram;
  readonly #limits: ThreadLimits;
  readonly #turns: Semaphore;
  readonly #ending = new Set<Promise<void>>();
  #spare: ParserThread | undefined;
  /** Threads that were cut short, and behind which the pages are not drained yet. */
  #undrained = 0;
  #closed = false;

  private constructor(program: ThreadProgram, { limits, concurrency }: DocumentReaderOptions) {
    this.#program = program;
    this.#limits = limits ?? DEFAULT_THREAD_LIMITS;
    this.#turns = new Semaphore(concurrency ?? navigator.hardwareConcurrency);
  }

  /** Resolves when the first thread is ready; rejects if the parser cannot be loaded at all. */
  static async start(options: DocumentReaderOptions = {}): Promise<DocumentReader> {
    const reader = new DocumentReader(await ParserThread.program(), options);
    await reader.#keepSpare().ready();
    return reader;
  }

  /**
   * Opens one document. `content` is copied into memory that the thread reads in place and that is zeroed here before
   * this resolves, whatever became of the thread. Rejects only if no thread can be started.
   *
   * `accepted` is told of a document that carries no data of its own once it is open and before its pages are read: it is not
   * refused any more, whatever is on them, and whoever is asked about it can be asked meanwhile.
   */
  async read(
    content: GhostBytes,
    signal: AbortSignal,
    accepted: (inside: WithoutData) => void = () => {},
  ): Promise<DocumentReading> {
    using turn = await this.#turns.take(signal);
    if (turn === undefined) return { result: "stopped" };
    // Before a thread is taken: where there is no memory for the document, nobody would end it.
    const shared = new SharedArrayBuffer(content.length);
    const bytes = new Uint8Array(shared);
    const thread = this.#takeThread();
    try {
      await thread.ready(signal);
      if (signal.aborted) return { result: "stopped" };
      bytes.set(content.view());
      return await this.#readIn(thread, shared, signal, accepted);
    } finally {
      bytes.fill(0);
      this.#end(thread);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#spare?.terminate();
    this.#spare = undefined;
    await Promise.all(this.#ending);
  }

  async #readIn(
    thread: ParserThread,
    shared: SharedArrayBuffer,
    signal: AbortSignal,
    accepted: (inside: WithoutData) => void,
  ): Promise<DocumentReading> {
    using stack = new DisposableStack();
    const finished = stack.adopt(new AbortController(), (controller) => controller.abort());
    const stop = AbortSignal.any([signal, finished.signal]);
    const watched = isOverLimits(thread, this.#limits, shared.byteLength, stop).then((over) => ({ over }));
    const parsing = thread.parse(shared);
    this.#goOn();
    const inside = await this.#before(thread, parsing, watched, signal, wipeAnswer);
    if (inside === "stopped") return { result: "stopped" };
    if (inside === "over_limits" || inside === "ended_from_outside") {
      return { result: "refused", code: "document_over_parser_limits" };
    }
    if (inside === "ran_dry") return { result: "refused", code: "document_unreadable" };
    if (inside.result === "refused") return inside;
    // From here on the document is accepted: pages that take too much are not read, and that is all.
    if (!("facts" in inside.e_invoice)) accepted({ pageCount: inside.page_count, eInvoice: inside.e_invoice });
    const text = await this.#before(thread, thread.text(), watched, signal, wipeText).catch((error: unknown) => {
      wipeAnswer(inside);
      throw error;
    });
    if (text === "stopped") {
      wipeAnswer(inside);
      return { result: "stopped" };
    }
    return readingOf(inside, typeof text === "string" ? { state: "unreadable" } : text);
  }

  /** What the thread answers, unless it goes over its limits or the caller goes away before that. */
  async #before<Answer>(
    thread: ParserThread,
    answering: Promise<Answer>,
    watched: Promise<{ readonly over: boolean }>,
    signal: AbortSignal,
    wipe: (answer: Answer) => void,
  ): Promise<Answer | "over_limits" | "stopped"> {
    const first = await Promise.race([answering.then((answer) => ({ answer })), watched]);
    if ("answer" in first) return first.answer;
    if (first.over || signal.aborted) {
      await thread.terminate();
      answering.then(wipe).catch(() => {});
      return first.over ? "over_limits" : "stopped";
    }
    // The watch saw the thread end before its last message was delivered, or it ended without one.
    return await answering;
  }

  #takeThread(): ParserThread {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare?.alive === true ? spare : new ParserThread(this.#program);
  }

  #keepSpare(): ParserThread {
    this.#spare ??= new ParserThread(this.#program);
    return this.#spare;
  }

  #end(thread: ParserThread): void {
    const { isCutShort } = thread;
    if (isCutShort) this.#undrained++;
    const ended = thread.end().finally(() => {
      // What it leaves was met by no scrub before.
      stringsLeft();
      this.#ending.delete(ended);
      if (isCutShort) this.#undrained--;
      this.#goOn();
    });
    this.#ending.add(ended);
  }

  /** A spare that began now would be handed the pages of threads that were cut short: it waits until they are drained. */
  #goOn(): void {
    if (this.#closed || this.#undrained > 0) return;
    try {
      this.#keepSpare();
    } catch {
      // Short of memory, perhaps: the document that needs it makes a thread, or is told that there is none.
    }
  }
}

/** What a thread said about a document, as the reader tells it. */
export function readingOf(inside: Extract<ThreadAnswer, { result: "opened" }>, text: ThreadText): DocumentReading {
  return {
    result: "opened",
    pageCount: inside.page_count,
    eInvoice: eInvoiceOf(inside.e_invoice, text.state === "read" && text.contradicts_e_invoice),
    text: textOf(text),
  };
}

function eInvoiceOf(
  eInvoice: Extract<ThreadAnswer, { result: "opened" }>["e_invoice"],
  contradictsPage: boolean,
): EInvoice {
  if (!("facts" in eInvoice)) return eInvoice;
  const facts = GhostBytes.taking(eInvoice.facts);
  return { state: contradictsPage ? "contradicts_page" : eInvoice.state, facts };
}

function textOf(text: ThreadText): PageText {
  return text.state === "read" ? { state: "read", layer: GhostBytes.taking(text.layer) } : text;
}

function wipeAnswer(answer: ThreadAnswer | WithoutAnswer): void {
  if (typeof answer !== "string" && "e_invoice" in answer && "facts" in answer.e_invoice)
    answer.e_invoice.facts.fill(0);
}

function wipeText(text: ThreadText | WithoutAnswer): void {
  if (typeof text !== "string" && text.state === "read") text.layer.fill(0);
}
