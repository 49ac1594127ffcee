import { randomUUID } from "node:crypto";
import { Deadline } from "@flowstate/messaging";
import { type ApiKey, findApiKey, HttpError, type Logger, sendError, tracedRequest } from "@flowstate/runtime";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type MailPath, processMail } from "../process/process-mail.ts";
import type { MailLimits } from "../receive/mail-parts.ts";
import { ClientAbortedError, receiveMail } from "../receive/receive-mail.ts";
import { answerMail } from "./answer-mail.ts";

const ROUTE = "/webhooks/sendgrid";

export interface WebhookOptions {
  readonly path: MailPath;
  readonly apiKeys: readonly ApiKey[];
  /** Whether the webhook answers without a key. */
  readonly open: boolean;
  readonly limits: MailLimits;
  readonly deadlineMs: number;
  /** Aborted when this process stops and its grace is over. */
  readonly stopping: AbortSignal;
  /** Every mail under way, whether or not its sender still waits: a stopping process finishes them. */
  readonly underWay: Set<Promise<unknown>>;
  readonly logger: Logger;
}

/** `POST /webhooks/sendgrid`: one inbound mail. See ARCHITECTURE.md for which answer means what to SendGrid. */
export async function sendgridWebhook(server: FastifyInstance, options: WebhookOptions): Promise<void> {
  // The body is streamed by the handler; Fastify must not read it.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", (_request, _payload, done) => done(null));
  server.post(ROUTE, { onRequest: (request) => authenticate(request, options) }, (request, reply) =>
    tracedRequest(request, reply, ROUTE, () => {
      const handling = handleMail(request, reply, options);
      options.underWay.add(handling);
      const done = () => options.underWay.delete(handling);
      handling.then(done, done);
      return handling;
    }),
  );
}

async function authenticate(request: FastifyRequest, { apiKeys, open }: WebhookOptions): Promise<void> {
  if (open) return;
  const presented = request.headers["x-api-key"];
  if (findApiKey(apiKeys, typeof presented === "string" ? presented : undefined) === undefined) {
    throw new HttpError("authentication_failed");
  }
}

async function handleMail(
  request: FastifyRequest,
  reply: FastifyReply,
  options: WebhookOptions,
): Promise<FastifyReply> {
  using reservation = options.limits.budget.tryReserve(announcedBytes(request, options.limits));
  if (reservation === undefined) throw new HttpError("temporarily_unavailable");
  try {
    using mail = await receiveMail(request.raw, options.limits, options.stopping);
    const result = await processMail(options.path, mail, "sendgrid", {
      requestId: randomUUID(),
      deadline: Deadline.in(options.deadlineMs),
      stopping: options.stopping,
    });
    const answer = answerMail(result);
    return answer.kind === "accepted" ? reply.code(200).send(answer.body) : sendError(reply, answer.category);
  } catch (error) {
    if (error instanceof HttpError) logRejected(options.logger, error, request);
    if (!(error instanceof ClientAbortedError)) throw error;
    // Nobody is there to read an answer; nothing was begun, so nothing is lost: the sender still has the mail.
    return reply.hijack();
  }
}

/** A mail that is no acceptable mail has no id and no tenant, so this line is all that is left of it. */
function logRejected(logger: Logger, { category }: HttpError, request: FastifyRequest): void {
  const size_bytes = Number(request.headers["content-length"]);
  logger.warn("mail.not_accepted", { code: category, ...(Number.isSafeInteger(size_bytes) && { size_bytes }) });
}

/** What the mail may come to hold: its announced length, or the limit where it is sent without one. */
function announcedBytes(request: FastifyRequest, { maxMailBytes }: MailLimits): number {
  const announced = Number(request.headers["content-length"] ?? maxMailBytes);
  return Number.isSafeInteger(announced) ? Math.min(announced, maxMailBytes) : maxMailBytes;
}
