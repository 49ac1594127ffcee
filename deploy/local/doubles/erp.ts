import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { erpPingSchema } from "@flowstate/contracts";
import { Webhook } from "standardwebhooks";
import { createCertificateAuthority, type ServerCertificate } from "./certificate.ts";

/**
 * A customer's ERP: an HTTP or HTTPS server that receives Flowstate's webhooks as the contract asks a customer to. It
 * verifies Standard Webhooks signatures with the customers' own package, books each `webhook-id` once, and misbehaves on
 * request, one scripted answer per delivery.
 */

export const ERP_WEBHOOK_PATH = "/webhooks/flowstate";

/** How many deliveries `GET /received` remembers. */
const RECEIVED_LIMIT = 50;
const HUGE_ANSWER_BYTES = 8 * 1024 * 1024;
const SECRET_BYTES = 24;

/** One delivery as the ERP saw it. */
export interface ErpDelivery {
  readonly received_at: string;
  /** Whether the signature, and the age of its timestamp, held. */
  readonly verified: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON; null when it is none. */
  readonly body: unknown;
}

/** What the ERP does with one request instead of answering it properly. Later fields act after earlier ones. */
export interface ScriptedAnswer {
  /** Answers before the body is read, then reads it. */
  readonly early?: boolean;
  /** Cuts the connection: before it reads the body, after it read and booked it, or in the middle of its answer. */
  readonly drop?: "before_body" | "after_body" | "during_answer";
  /** Waits with everything that follows: milliseconds, or until a promise settles, so that a test holds the moment. */
  readonly delayHeaders?: number | Promise<unknown>;
  /** Writes this to the connection in place of an HTTP answer, then closes. */
  readonly raw?: string;
  /** Answers with this status. Default 200; anything but 2xx books nothing. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Waits between headers and body. */
  readonly delayBody?: number | Promise<unknown>;
  /** The body of the answer; `huge` sends 8 MiB. */
  readonly body?: string | "huge";
}

export interface ErpOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** `whsec_…`; made when absent. */
  readonly secret?: string;
  /** HTTPS: with a certificate of an authority made here (see `certificateAuthority`), or the one given. */
  readonly tls?: boolean | ServerCertificate;
  /** With `tls`: asks who is calling, and lets in only who has a certificate of this authority (PEM). */
  readonly clientAuthority?: string;
  /** Told of every delivery whose body was read, before it is answered: more than `received` remembers. */
  readonly onDelivery?: (delivery: ErpDelivery) => void;
}

export interface ErpDouble extends AsyncDisposable {
  /** The origin; deliveries go to `webhookUrl`. */
  readonly url: string;
  readonly webhookUrl: string;
  readonly secret: string;
  /** PEM of the authority to trust when `tls` is true. */
  readonly certificateAuthority: string | undefined;
  /** The last 50 deliveries whose body arrived, newest last. */
  readonly received: readonly ErpDelivery[];
  /** How many webhook requests began. */
  readonly attempts: number;
  /** How many documents were booked: verified, answered 2xx (or lost after booking), each `webhook-id` once. */
  readonly effects: number;
  /** The most requests that were under way at once. */
  readonly mostAtOnce: number;
  /** Queues answers: the next request takes the first. With none left the ERP behaves. */
  script(...answers: readonly ScriptedAnswer[]): void;
  /** From now on every request is answered like this, after those that are queued. */
  scriptAlways(answer: ScriptedAnswer): void;
  /** Cuts the next connections as soon as they are there, before TLS and before any request. */
  cutConnections(count: number): void;
  /** Forgets all faults: from now on the ERP behaves. */
  behave(): void;
}

/** Shows whatever certificate it has, as an old server would; whoever calls decides. */
const OLD_CIPHERS = "DEFAULT@SECLEVEL=0";

/** Starts the ERP on loopback. Disposing cuts whatever is still connected. */
export async function startErp(options: ErpOptions = {}): Promise<ErpDouble> {
  const secret = options.secret ?? `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
  const webhook = new Webhook(secret);
  const authority = options.tls === true ? createCertificateAuthority() : undefined;
  const certificate = typeof options.tls === "object" ? options.tls : authority?.issue();
  const received: ErpDelivery[] = [];
  const booked = new Set<string>();
  const scripted: ScriptedAnswer[] = [];
  let always: ScriptedAnswer = {};
  let cuts = 0;
  let underWay = 0;
  let mostAtOnce = 0;
  const stopping = new AbortController();
  let attempts = 0;

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    // A caller that goes away in the middle is the ordinary case for a double; it must not end the process.
    request.on("error", () => {});
    response.on("error", () => {});
    answer(request, response).catch(() => response.destroy());
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split("?", 1)[0];
    if (request.method === "GET" && path === "/received") return sendJson(response, 200, received);
    if (path !== ERP_WEBHOOK_PATH) return sendJson(response, 404, { error: "not_found" });
    if (request.method !== "POST") return sendJson(response, 405, { error: "method_not_allowed" });
    attempts += 1;
    underWay += 1;
    mostAtOnce = Math.max(mostAtOnce, underWay);
    response.once("close", () => (underWay -= 1));
    const script = scripted.shift() ?? always;
    if (script.drop === "before_body") return void request.socket.destroy();
    if (script.early === true) sendJson(response, script.status ?? 200, { received: "unseen" });
    const accepted = await acceptDelivery(request, script.status ?? 200);
    if (script.early !== true) await answerDelivery(response, script, accepted);
  }

  /** Reads, verifies, remembers and, if the answer will be 2xx, books a delivery. */
  async function acceptDelivery(
    request: IncomingMessage,
    status: number,
  ): Promise<{ verified: boolean; first: boolean }> {
    const body = await buffer(request);
    const headers = headersOf(request);
    const verified = verifies(webhook, body, headers);
    const content = parseJson(body);
    const delivery = { received_at: new Date().toISOString(), verified, headers, body: content };
    received.push(delivery);
    options.onDelivery?.(delivery);
    if (received.length > RECEIVED_LIMIT) received.shift();
    const id = headers["webhook-id"];
    const first = id !== undefined && !booked.has(id);
    // A ping is about no document: it is verified and answered, and there is nothing to book.
    const bookable = !erpPingSchema.safeParse(content).success;
    if (verified && bookable && id !== undefined && status >= 200 && status < 300) booked.add(id);
    return { verified, first };
  }

  async function answerDelivery(
    response: ServerResponse,
    script: ScriptedAnswer,
    { verified, first }: { verified: boolean; first: boolean },
  ): Promise<void> {
    const socket = response.socket;
    if (script.drop === "after_body") return void socket?.destroy();
    await delay(script.delayHeaders, stopping.signal);
    if (script.raw !== undefined) return void socket?.end(script.raw);
    if (!verified && script.status === undefined) return sendJson(response, 401, { error: "invalid_signature" });
    const status = script.status ?? 200;
    const body = script.body === "huge" ? Buffer.alloc(HUGE_ANSWER_BYTES, "x") : script.body;
    const content = body ?? JSON.stringify({ received: first ? "booked" : "known" });
    response.writeHead(status, { "content-type": "application/json", ...script.headers });
    if (script.drop === "during_answer" || script.delayBody !== undefined) response.flushHeaders();
    if (script.drop === "during_answer") return void response.write(content.slice(0, 1), () => socket?.destroy());
    await delay(script.delayBody, stopping.signal);
    response.end(content);
  }

  const server = certificate
    ? createHttpsServer(
        { cert: certificate.certificate, key: certificate.key, ciphers: OLD_CIPHERS, ...clientCheck(options) },
        listener,
      )
    : createHttpServer(listener);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    if (cuts === 0) return;
    cuts -= 1;
    socket.destroy();
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `${certificate ? "https" : "http"}://127.0.0.1:${port}`;

  return {
    url,
    webhookUrl: `${url}${ERP_WEBHOOK_PATH}`,
    secret,
    certificateAuthority: authority?.certificate,
    received,
    get attempts() {
      return attempts;
    },
    get effects() {
      return booked.size;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    script: (...answers) => void scripted.push(...answers),
    scriptAlways: (answer) => {
      always = answer;
    },
    cutConnections: (count) => {
      cuts = count;
    },
    behave: () => {
      scripted.splice(0);
      always = {};
      cuts = 0;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function clientCheck({ clientAuthority }: ErpOptions) {
  return clientAuthority === undefined ? {} : { ca: clientAuthority, requestCert: true, rejectUnauthorized: true };
}

/** The package parses the body as JSON once the signature holds; a body that is none is still verified. */
function verifies(webhook: Webhook, body: Buffer, headers: Readonly<Record<string, string>>): boolean {
  try {
    webhook.verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Resolves early when the ERP stops, so that nothing it was waiting for keeps the process. */
function delay(time: number | Promise<unknown> | undefined, stopping: AbortSignal): Promise<unknown> {
  if (time === undefined || stopping.aborted) return Promise.resolve();
  const stopped = Promise.withResolvers<void>();
  const timer = typeof time === "number" ? setTimeout(stopped.resolve, time) : undefined;
  stopping.addEventListener("abort", () => stopped.resolve(), { once: true });
  const waiting = typeof time === "number" ? stopped.promise : Promise.race([time, stopped.promise]);
  return waiting.finally(() => clearTimeout(timer));
}
