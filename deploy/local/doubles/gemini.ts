import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Facts } from "@flowstate/contracts";
import { z } from "zod";
import { type SaidPart, sampleFacts, successBody } from "./gemini-answer.ts";

/**
 * Google's Gemini API, as far as documents are read with it: an HTTP server that checks what the real one checks, answers
 * with facts, and misbehaves on request, one scripted answer per request. Of a document it remembers a digest.
 */

/** How many requests are remembered. */
const REQUESTS_LIMIT = 200;
const PATH = /^\/v1beta\/models\/([\w.-]+):generateContent$/;

/** One request as Gemini saw it. */
export interface GeminiRequest {
  readonly model: string;
  readonly keyAccepted: boolean;
  readonly mimeType: string;
  readonly sizeBytes: number;
  /** SHA-256 of the PDF, hexadecimal. */
  readonly sha256: string;
  readonly store: boolean | undefined;
  readonly responseJsonSchema: unknown;
  /** Every string of the request but the document itself. */
  readonly instructions: string;
  /** Where in the request the key was: the header is the only place for it. */
  readonly keyIn: readonly ("header" | "url" | "body")[];
}

/** What Gemini does with one request instead of answering it properly. Later fields act after earlier ones. */
export interface ScriptedAnswer {
  /** Cuts the connection: before it reads the body, after it read it, or in the middle of its answer. */
  readonly drop?: "before_body" | "after_body" | "during_answer";
  /** Waits with everything that follows: milliseconds, or until a promise settles, so that a test holds the moment. */
  readonly delayHeaders?: number | Promise<unknown>;
  /** Answers with this status and an error body as Google writes it. */
  readonly status?: number;
  /** With 429: `"45.8s"`, in a RetryInfo detail. */
  readonly retryDelay?: string;
  /** With 429: the exhausted quota's id, such as `GenerateRequestsPerDayPerProjectPerModel`. */
  readonly quotaId?: string;
  /** With an error: what its message says after what it says anyway. Real ones quote the request. */
  readonly message?: string;
  /** Answers 307 to this address. */
  readonly redirectTo?: string;
  /** Waits between headers and body. */
  readonly delayBody?: number | Promise<unknown>;
  /** The body of a 200, as it is; `huge` sends 8 MiB. */
  readonly rawBody?: string | "huge";
  /** No candidate; with `blockReason` because the prompt was blocked. */
  readonly noCandidates?: true;
  readonly blockReason?: string;
  /** Default `STOP`. */
  readonly finishReason?: string;
  /** What the model says in place of the facts' JSON. */
  readonly parts?: readonly SaidPart[];
  /** Says only the first part of the JSON, characters. */
  readonly cutAt?: number;
  /** Says these facts, or whatever else. */
  readonly facts?: unknown;
}

export interface GeminiOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** The only key accepted. Default: any. */
  readonly apiKey?: string;
  /** Said when nothing else is. */
  readonly facts?: Facts;
  /**
   * What becomes of a request for which nothing is scripted, by what was seen of it (a document is known by its `sha256`).
   * Undefined: Gemini behaves.
   */
  answer?(request: GeminiRequest): ScriptedAnswer | undefined;
}

export interface GeminiDouble extends AsyncDisposable {
  /** The origin. */
  readonly url: string;
  /** Requests whose body arrived, newest last. */
  readonly requests: readonly GeminiRequest[];
  /** How many requests began. */
  readonly attempts: number;
  /** How many connections were made. */
  readonly connections: number;
  /** Queues answers: the next request takes the first. With none left `answer` is asked, and then Gemini behaves. */
  script(...answers: readonly ScriptedAnswer[]): void;
  /** Forgets what is queued. */
  behave(): void;
}

/** The parts of a request that the API insists on. */
const requestSchema = z.object({
  contents: z
    .array(
      z.object({
        parts: z.array(
          z.union([
            z.object({ inlineData: z.object({ mimeType: z.string(), data: z.string() }) }),
            z.object({ text: z.string() }),
          ]),
        ),
      }),
    )
    .min(1),
  systemInstruction: z.object({ parts: z.array(z.object({ text: z.string() })) }).optional(),
  generationConfig: z.object({ responseMimeType: z.string().optional(), responseJsonSchema: z.unknown() }).optional(),
  store: z.boolean().optional(),
});

/** Starts Gemini on loopback. Disposing cuts whatever is still connected. */
export async function startGemini(options: GeminiOptions = {}): Promise<GeminiDouble> {
  const requests: GeminiRequest[] = [];
  const scripted: ScriptedAnswer[] = [];
  const stopping = new AbortController();
  const sockets = new Set<Socket>();
  const usual = options.facts ?? sampleFacts;
  let attempts = 0;
  let connections = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const model = PATH.exec(request.url?.split("?", 1)[0] ?? "")?.[1];
    if (model === undefined) return sendError(response, 404, "NOT_FOUND");
    if (request.method !== "POST") return sendError(response, 405, "METHOD_NOT_ALLOWED");
    attempts += 1;
    const queued = scripted.shift();
    if (queued?.drop === "before_body") return void request.socket.destroy();
    const key = request.headers["x-goog-api-key"];
    const keyAccepted = typeof key === "string" && (options.apiKey === undefined || key === options.apiKey);
    const body = await buffer(request);
    const seen = readRequest(body, { model, keyAccepted, keyIn: placesOf(key, request, body) });
    if (seen !== undefined) requests.push(seen);
    if (requests.length > REQUESTS_LIMIT) requests.shift();
    const script = queued ?? (seen === undefined ? undefined : options.answer?.(seen)) ?? {};
    if (script.drop === "before_body" || script.drop === "after_body") return void response.socket?.destroy();
    await delay(script.delayHeaders, stopping.signal);
    if (!keyAccepted) return sendError(response, 400, "INVALID_ARGUMENT", [{ reason: "API_KEY_INVALID" }]);
    if (seen === undefined) return sendError(response, 400, "INVALID_ARGUMENT");
    if (script.redirectTo !== undefined) return void response.writeHead(307, { location: script.redirectTo }).end();
    if (script.status !== undefined)
      return sendError(response, script.status, "SCRIPTED", errorDetails(script), script.message);
    await sendAnswer(response, script);
  }

  async function sendAnswer(response: ServerResponse, script: ScriptedAnswer): Promise<void> {
    const raw = script.rawBody === "huge" ? JSON.stringify({ filler: "x".repeat(8 * 1024 * 1024) }) : script.rawBody;
    const body = raw ?? JSON.stringify(successBody({ facts: usual, ...script }));
    response.writeHead(200, { "content-type": "application/json; charset=UTF-8" });
    if (script.drop === "during_answer" || script.delayBody !== undefined) response.flushHeaders();
    if (script.drop === "during_answer") {
      return void response.write(body.slice(0, Math.floor(body.length / 2)), () => response.socket?.destroy());
    }
    await delay(script.delayBody, stopping.signal);
    response.end(body);
  }

  const server = createServer((request, response) => {
    // A caller that goes away in the middle is the ordinary case for a double; it must not end the process.
    request.on("error", () => {});
    response.on("error", () => {});
    answer(request, response).catch(() => response.destroy());
  });
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    get attempts() {
      return attempts;
    },
    get connections() {
      return connections;
    },
    script: (...answers) => void scripted.push(...answers),
    behave: () => void scripted.splice(0),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Undefined for what the API would call an invalid argument. */
function readRequest(
  body: Buffer,
  head: Pick<GeminiRequest, "model" | "keyAccepted" | "keyIn">,
): GeminiRequest | undefined {
  const parsed = requestSchema.safeParse(parseJson(body));
  if (!parsed.success) return undefined;
  const parts = parsed.data.contents.flatMap((content) => content.parts);
  const document = parts.find((part) => "inlineData" in part);
  if (document === undefined || !("inlineData" in document)) return undefined;
  const pdf = Buffer.from(document.inlineData.data, "base64");
  // Node's decoder skips what is not base64; the API does not.
  if (pdf.toString("base64") !== document.inlineData.data) return undefined;
  const said = [...(parsed.data.systemInstruction?.parts ?? []), ...parts];
  return {
    ...head,
    mimeType: document.inlineData.mimeType,
    sizeBytes: pdf.byteLength,
    sha256: createHash("sha256").update(pdf).digest("hex"),
    store: parsed.data.store,
    responseJsonSchema: parsed.data.generationConfig?.responseJsonSchema,
    instructions: said.flatMap((part) => ("text" in part ? [part.text] : [])).join("\n"),
  };
}

function placesOf(key: unknown, request: IncomingMessage, body: Buffer): GeminiRequest["keyIn"] {
  if (typeof key !== "string") return [];
  const inUrl = request.url?.includes(key) === true;
  return ["header", ...(inUrl ? (["url"] as const) : []), ...(body.includes(key) ? (["body"] as const) : [])];
}

function errorDetails({ retryDelay, quotaId }: ScriptedAnswer): object[] {
  return [
    ...(quotaId === undefined
      ? []
      : [{ "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId }] }]),
    ...(retryDelay === undefined ? [] : [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay }]),
  ];
}

/** Google's error body; the message quotes the request, as the real ones do. */
function sendError(
  response: ServerResponse,
  code: number,
  status: string,
  details: readonly object[] = [],
  said = "",
): void {
  const message = `${status}: the request to ${response.req.url ?? ""} cannot be served${said}`;
  response.writeHead(code, { "content-type": "application/json; charset=UTF-8" });
  response.end(JSON.stringify({ error: { code, message, status, details } }));
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Resolves early when the double stops, so that nothing it was waiting for keeps the process. */
function delay(time: number | Promise<unknown> | undefined, stopping: AbortSignal): Promise<unknown> {
  if (time === undefined || stopping.aborted) return Promise.resolve();
  const stopped = Promise.withResolvers<void>();
  const timer = typeof time === "number" ? setTimeout(stopped.resolve, time) : undefined;
  stopping.addEventListener("abort", () => stopped.resolve(), { once: true });
  const waiting = typeof time === "number" ? stopped.promise : Promise.race([time, stopped.promise]);
  return waiting.finally(() => clearTimeout(timer));
}
