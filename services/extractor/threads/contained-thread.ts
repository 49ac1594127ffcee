import { basename } from "node:path";
import { type TransferListItem, Worker } from "node:worker_threads";
import type { z } from "zod";
import { abortOf } from "./abort-of.ts";
import { drainPages } from "./drain-pages.ts";
import { PROGRAM_FLAGS, type ThreadProgram } from "./thread-program.ts";
import { CLEAR_HEAP } from "./work-once.ts";

/**
 * The heap at which V8 itself ends the thread. It lies far above the watched limit, because a single allocation that does
 * not fit below it would end the whole process: the watch must come first.
 */
const HEAP_HARD_LIMIT_MB = 1_024;
const YOUNG_GENERATION_MB = 32;
const STACK_MB = 4;
/** How long a thread may take to load its program, on a starved machine. */
const START_LIMIT_MS = 30_000;
/** How long a thread that has answered, or is no longer wanted, may take to clear its heap and end by itself. */
const END_GRACE_MS = 2_000;

/** What a thread uses, as V8 and the kernel count it. */
export interface ThreadUsage {
  readonly heapBytes: number;
  /** Memory outside the heap: decoded streams, the document itself. */
  readonly externalBytes: number;
  readonly cpuMs: number;
}

/** How a thread ended that was given a document and did not answer. */
export type WithoutAnswer =
  /** V8's own limits ended it, or somebody called `terminate`. */
  | "ended_from_outside"
  /** It had nothing left to do: it waits for something that never comes. */
  | "ran_dry";

/** Every thread is loaded and none has a document for so long: there is time for what may be left behind. */
const IDLE_AFTER_MS = 250;

/** Threads that have no document yet: what V8 hands them of a finished thread lies in them until they have one. */
const waiting = new Set<ContainedThread>();
/** Threads that load their program, or have a document. */
const busy = new Set<ContainedThread>();
/** How large the largest finished thread was that nobody has drained behind; undefined when there is none. */
let undrainedBytes: number | undefined;
let idle: NodeJS.Timeout | undefined;

/** A thread that works on one document and ends. Nothing of one document is there when the next comes. */
export class ContainedThread {
  readonly #worker: Worker;
  readonly #ready: Promise<void>;
  readonly #gone: Promise<void>;
  readonly #ended: Promise<void>;
  /** Messages that nobody has taken yet. */
  readonly #inbox: unknown[] = [];
  #arrived: () => void = () => {};
  #exitCode: number | undefined;
  #fault: unknown;
  /** What V8 has for its heap, as far as anybody has seen. */
  #heapBytes = 0;

  /** `program` does its work by `workOnce`: it posts an answer, or several, to what it is sent. */
  constructor(program: ThreadProgram) {
    const bytes = program.bytes.slice();
    this.#worker = new Worker(new URL(program.runner), {
      name: basename(program.entry),
      workerData: { ...program, bytes } satisfies ThreadProgram,
      transferList: [bytes.buffer],
      // It needs nothing of this process: no environment, no arguments, no preloaded modules, no output.
      env: {},
      argv: [],
      execArgv: [...PROGRAM_FLAGS],
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: {
        maxOldGenerationSizeMb: HEAP_HARD_LIMIT_MB,
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
        stackSizeMb: STACK_MB,
      },
    });
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    this.#worker.on("message", (message: unknown) => {
      this.#inbox.push(message);
      this.#arrived();
    });
    // Without a listener, an error in the thread would end this process.
    this.#worker.on("error", (error: unknown) => {
      this.#fault = error;
    });
    this.#gone = new Promise((resolve) => {
      this.#worker.once("exit", (code) => {
        this.#exitCode = code;
        resolve();
      });
    });
    this.#ended = this.#gone.then(() => this.#clearBehind());
    waiting.add(this);
    busy.add(this);
    this.#ready = this.#firstMessage();
    this.#ready.catch(() => {});
  }

  /** Resolves when the program is loaded, or when `signal` aborts before that; rejects if the thread cannot start. */
  async ready(signal?: AbortSignal): Promise<void> {
    if (signal === undefined) return await this.#ready;
    await Promise.race([this.#ready, abortOf(signal)]);
  }

  /** Resolves when the thread is gone, and what it held. */
  ended(): Promise<void> {
    return this.#ended;
  }

  get alive(): boolean {
    return this.#exitCode === undefined;
  }

  /** Whether it ended otherwise than by itself, with what it held. */
  get isCutShort(): boolean {
    return this.#exitCode !== undefined && this.#exitCode !== 0;
  }

  /** Hands the thread its document: once. */
  post(message: unknown, transfer: readonly TransferListItem[] = []): void {
    waiting.delete(this);
    busy.add(this);
    this.#worker.postMessage(message, transfer);
  }

  /** Has it clear what it was handed while it waits for its document. */
  clear(): void {
    this.#worker.postMessage(CLEAR_HEAP);
  }

  /** Its next answer. Rejects if the code in the thread fails, which is a bug. */
  async answer<Answer>(schema: z.ZodType<Answer>): Promise<Answer | WithoutAnswer> {
    const answer = await this.#nextMessage();
    return answer === undefined ? this.#withoutAnswer() : schema.parse(answer.message);
  }

  /** Undefined when the thread has ended. May wait as long as the thread is in one uninterruptible operation. */
  async usage(): Promise<ThreadUsage | undefined> {
    const asked = Promise.all([this.#worker.getHeapStatistics(), this.#worker.cpuUsage()]).catch(() => undefined);
    const usage = await Promise.race([asked, this.#gone.then(() => undefined)]);
    if (usage === undefined) return undefined;
    const [heap, cpu] = usage;
    this.#heapBytes = Math.max(this.#heapBytes, heap.total_heap_size);
    return {
      heapBytes: heap.used_heap_size,
      externalBytes: heap.external_memory,
      cpuMs: (cpu.user + cpu.system) / 1_000,
    };
  }

  /** Lets a thread that has answered clear its heap and end; ends it if it does not. */
  async end(): Promise<void> {
    const overdue = setTimeout(() => void this.terminate(), END_GRACE_MS);
    await this.#gone;
    clearTimeout(overdue);
    await this.#ended;
  }

  /** Ends the thread at once, whatever it does. What it held is gone when `ended` resolves. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  /**
   * A thread that never had a document held nothing of any, but what V8 handed it of a finished one: what it has loaded it clears
   * when it is told to, and while it loads it has heard nothing yet. One that ended by itself has cleared its heap, and of a few
   * V8 keeps a page as it was all the same: the next ones take it and clear it with their own, so it is drained where there are
   * none.
   */
  async #clearBehind(): Promise<void> {
    const wasBusy = busy.delete(this);
    const hadDocument = !waiting.delete(this);
    if (!hadDocument && !wasBusy) return;
    undrainedBytes = Math.max(undrainedBytes ?? 0, this.#heapBytes);
    if (hadDocument && this.isCutShort) await drain();
    else drainWhenIdle();
  }

  #withoutAnswer(): WithoutAnswer {
    if (isOutOfMemory(this.#fault)) return "ended_from_outside";
    if (this.#fault !== undefined) throw this.#fault;
    return this.#exitCode === 0 ? "ran_dry" : "ended_from_outside";
  }

  async #firstMessage(): Promise<void> {
    const tooSlow = setTimeout(() => void this.terminate(), START_LIMIT_MS);
    const first = await this.#nextMessage();
    clearTimeout(tooSlow);
    if (first === undefined) throw new Error("a thread ended before it was ready");
    busy.delete(this);
    drainWhenIdle();
  }

  /** Undefined when the thread has ended and there is none: message and end may come in one turn of the event loop. */
  async #nextMessage(): Promise<{ readonly message: unknown } | undefined> {
    const arrived = new Promise<void>((resolve) => {
      this.#arrived = resolve;
    });
    if (this.#inbox.length === 0) await Promise.race([arrived, this.#gone]);
    return this.#inbox.length === 0 ? undefined : { message: this.#inbox.shift() };
  }
}

function isOutOfMemory(fault: unknown): boolean {
  return fault instanceof Error && "code" in fault && fault.code === "ERR_WORKER_OUT_OF_MEMORY";
}

function drainWhenIdle(): void {
  clearTimeout(idle);
  idle = setTimeout(() => {
    if (busy.size === 0) void drain();
  }, IDLE_AFTER_MS);
  idle.unref();
}

async function drain(): Promise<void> {
  if (undrainedBytes === undefined) return;
  const bytes = undrainedBytes;
  undrainedBytes = undefined;
  await drainPages(bytes);
  for (const thread of waiting) thread.clear();
}
