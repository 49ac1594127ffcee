import { AsyncLocalStorage } from "node:async_hooks";
import type { Readable } from "node:stream";
import { GhostBytes } from "@flowstate/ghost";
import { Agent, request } from "undici";
import { type QuotaFault, readQuotaFault } from "./read-quota-fault.ts";
import { SplicedBody } from "./splice-document.ts";

/** Largest answer read, bytes: about ten times what the model can say in one. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** Largest error read, bytes: those of Google have a few kilobytes. */
const MAX_ERROR_BYTES = 64 * 1024;
const TOO_MANY_REQUESTS = 429;
const CONNECT_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_MS = 30_000;

/** Why a request brought no answer. Nothing in it comes from the other side but the status and when to come back. */
export type TransportFault =
  | ({ readonly kind: "status"; readonly status: number } & QuotaFault)
  | { readonly kind: "network" }
  | { readonly kind: "timeout" }
  | { readonly kind: "aborted" }
  | { readonly kind: "answer_too_large" }
  | { readonly kind: "answer_malformed" };

/** A document on its way, and how long the way may take. */
export interface CarriedDocument {
  readonly content: GhostBytes;
  readonly signal: AbortSignal;
  /** From the first byte of the request to the last of the answer. */
  readonly timeoutMs: number;
}

export type Carried<T> =
  | { readonly result: "answered"; readonly value: T }
  | { readonly result: "failed"; readonly fault: TransportFault };

/** A request under way. Faults are noted here because the SDK replaces every error by one of its own, with the URL in it. */
interface Call extends CarriedDocument {
  fault: TransportFault | undefined;
}

class TransportError extends Error {
  readonly fault: TransportFault;

  constructor(fault: TransportFault) {
    super(fault.kind);
    this.name = "TransportError";
    this.fault = fault;
  }
}

/**
 * The only way out of the extractor. The SDK builds its request around a placeholder and calls the global `fetch`; this is
 * that `fetch`. It reaches one origin, follows no redirect, moves the document as bytes that it wipes, and refuses
 * whatever was not announced through `carry`: so no library in this process can send anything anywhere.
 */
export class GeminiTransport implements AsyncDisposable {
  readonly #origin: string;
  readonly #calls = new AsyncLocalStorage<Call>();
  readonly #agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    keepAliveTimeout: KEEP_ALIVE_MS,
    // What is sent piece by piece cannot be sent again by the client when a stream of several on one connection is refused.
    allowH2: false,
  });

  constructor(origin: URL) {
    this.#origin = origin.origin;
  }

  /** Replaces the process's `fetch`; disposing puts the former one back, which only tests need. */
  install(): Disposable {
    // biome-ignore lint/nursery/noJsRestrictedProperties: this is the one door that the rule speaks of.
    const former = globalThis.fetch;
    globalThis.fetch = (input, init) => this.#fetch(input, init);
    return {
      [Symbol.dispose]: () => {
        globalThis.fetch = former;
      },
    };
  }

  /** Runs `work`, whose requests carry `document` in the place of the placeholder. Rejects only for bugs. */
  async carry<T>(document: CarriedDocument, work: () => Promise<T>): Promise<Carried<T>> {
    const call: Call = { ...document, fault: undefined };
    try {
      return { result: "answered", value: await this.#calls.run(call, work) };
    } catch (error) {
      if (call.fault === undefined) throw error;
      return { result: "failed", fault: call.fault };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  async #fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const call = this.#calls.getStore();
    if (call === undefined) throw new Error("the extractor sends nothing but documents to the model");
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.origin !== this.#origin) throw new Error("the extractor calls the configured origin only");
    if (typeof init?.body !== "string") throw new Error("the SDK's request body is expected as a string");
    try {
      return new ParsedResponse(await this.#post(url, new Headers(init.headers), init.body, call));
    } catch (error) {
      if (error instanceof TransportError) call.fault = error.fault;
      throw error;
    }
  }

  /** The answer's JSON. */
  async #post(url: URL, headers: Headers, json: string, call: Call): Promise<unknown> {
    using stack = new DisposableStack();
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), call.timeoutMs);
    stack.defer(() => clearTimeout(timer));
    const body = stack.use(new SplicedBody(json, call.content));
    try {
      const response = await request(url, {
        dispatcher: this.#agent,
        method: "POST",
        headers: { ...Object.fromEntries(headers), "content-length": String(body.length) },
        // undici sends whatever can be iterated, and asks for a piece when the one before is written; its types leave that out.
        body: body as unknown as Readable,
        signal: AbortSignal.any([call.signal, timeout.signal]),
        headersTimeout: call.timeoutMs,
        bodyTimeout: call.timeoutMs,
      });
      const { statusCode: status } = response;
      if (status < 200 || status > 299) {
        const quota = status === TOO_MANY_REQUESTS ? await quotaFault(response.body) : {};
        // What is left unread ends with the connection.
        response.body.on("error", () => {}).destroy();
        throw new TransportError({ kind: "status", status, ...quota });
      }
      using answer = await readBody(response.body, MAX_ANSWER_BYTES);
      return parseJson(answer);
    } catch (error) {
      if (error instanceof TransportError) throw error;
      if (call.signal.aborted) throw new TransportError({ kind: "aborted" });
      throw new TransportError({ kind: timeout.signal.aborted ? "timeout" : "network" });
    }
  }
}

/** What the SDK sees of an answer: it asks for the JSON and for nothing else. */
class ParsedResponse extends Response {
  override readonly json: () => Promise<unknown>;

  constructor(answer: unknown) {
    super(null, { status: 200 });
    this.json = () => Promise.resolve(answer);
  }
}

/** The body; the pieces it came in are wiped as they are copied, and all of it when it cannot be had. */
async function readBody(body: AsyncIterable<Buffer>, maxBytes: number): Promise<GhostBytes> {
  const read = GhostBytes.growing();
  try {
    for await (const piece of body) {
      if (read.length + piece.byteLength > maxBytes) {
        piece.fill(0);
        throw new TransportError({ kind: "answer_too_large" });
      }
      read.append(piece);
      piece.fill(0);
    }
    return read;
  } catch (error) {
    read.wipe();
    throw error;
  }
}

/** A 429 whose body cannot be had is a 429 all the same. */
async function quotaFault(body: AsyncIterable<Buffer>): Promise<QuotaFault> {
  try {
    using error = await readBody(body, MAX_ERROR_BYTES);
    return readQuotaFault(parseJson(error));
  } catch {
    return {};
  }
}

function parseJson(answer: GhostBytes): unknown {
  try {
    return JSON.parse(answer.view().toString("utf8"));
  } catch {
    throw new TransportError({ kind: "answer_malformed" });
  }
}
