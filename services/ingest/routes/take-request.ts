import { randomUUID } from "node:crypto";
import { type Code, ERROR_CATEGORIES, type Source } from "@flowstate/contracts";
import { Deadline } from "@flowstate/messaging";
import { categoryOf, HttpError, type Logger, sendError, tracedRequest } from "@flowstate/runtime";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Intake } from "../intake.ts";
import { MailRefusedError } from "../mail-refused.ts";
import { countAbandoned, countMail } from "../metrics.ts";
import type { Attempt } from "../process/attempt.ts";
import { recorded } from "../process/process-documents.ts";
import type { MailPath } from "../process/process-mail.ts";
import { Admission } from "../receive/admission.ts";
import type { ReceiveLimits } from "../receive/limits.ts";
import { type BodyOptions, ClientAbortedError } from "../receive/read-body.ts";

/** What both ways in have in common. */
export interface RouteOptions {
  readonly path: MailPath;
  readonly intake: Intake;
  readonly limits: ReceiveLimits;
  /** From the last byte of a request to its answer, milliseconds. */
  readonly deadlineMs: number;
  readonly logger: Logger;
}

/** What one request's work gets. */
export interface TakenRequest {
  /** How its body is to be read. */
  readonly body: BodyOptions;
  /** To be begun when the body is complete: the deadline counts from then. */
  beginAttempt(): Attempt;
}

/**
 * Takes on one request that brings documents: if memory for it can be had, inside its trace, and to its end even when its
 * sender hangs up. What is no acceptable mail is on record before it is answered. `authenticate` comes before anything
 * that costs something.
 */
export function takeRequest<Caller>(
  { method, headers, raw }: FastifyRequest,
  reply: FastifyReply,
  { path, intake, limits, deadlineMs, logger }: RouteOptions,
  {
    route,
    source,
    authenticate,
    work,
  }: {
    readonly route: string;
    readonly source: Source;
    authenticate(): Promise<Caller>;
    /** Answers; resolves with why the answer is not a 2xx, if it is not. */
    work(taken: TakenRequest, caller: Caller): Promise<Code | undefined>;
  },
): Promise<FastifyReply> {
  const begunAt = performance.now();
  const handle = async () => {
    try {
      const caller = await authenticate();
      using admission = Admission.of(raw, limits.budget, limits.maxMailBytes);
      const { maxMailBytes: maxBytes, minBytesPerSecond } = limits;
      const taken: TakenRequest = {
        body: { admission, maxBytes, minBytesPerSecond, stopping: intake.stopping },
        beginAttempt: () => ({
          requestId: randomUUID(),
          begunAt,
          deadline: Deadline.in(deadlineMs),
          stopping: intake.stopping,
        }),
      };
      return await work(taken, caller);
    } catch (error) {
      if (error instanceof MailRefusedError) {
        await recorded(path.events.mailRefused(source, error.code, { sizeBytes: announcedBytes(headers) }));
        sendError(reply, error.category);
        return error.code;
      }
      throw error;
    }
  };
  // A request is under way until its answer is out: a process that stops closes connections that then have nothing to do.
  const handleToTheEnd = async () => {
    const code = await handle();
    await reply;
    return code;
  };
  const handleAndCount = async () => {
    try {
      const code = await intake.take(handleToTheEnd);
      countMail(source, reply.statusCode, code);
      return reply;
    } catch (error) {
      if (error instanceof ClientAbortedError) {
        countAbandoned(source);
        // Nobody is there to read an answer; nothing was begun, so nothing is lost: the sender still has the mail.
        return reply.hijack();
      }
      const category = categoryOf(error);
      countMail(source, ERROR_CATEGORIES[category], category);
      if (error instanceof HttpError) logger.warn("mail.not_accepted", { code: category });
      throw error;
    }
  };
  return tracedRequest({ method, headers }, reply, route, handleAndCount);
}

function announcedBytes({ "content-length": length }: FastifyRequest["headers"]): number | undefined {
  const announced = Number(length);
  return Number.isSafeInteger(announced) ? announced : undefined;
}
