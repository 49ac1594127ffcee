import type { Code } from "@flowstate/contracts";
import { sendError } from "@flowstate/runtime";
import type { FastifyReply } from "fastify";
import type { Answer } from "./answer-mail.ts";

/** Tells the sender. Returns why it is not told 2xx, if it is not. */
export function sendAnswer(reply: FastifyReply, answer: Answer): Code | undefined {
  if (answer.kind === "accepted") {
    reply.code(200).send(answer.body);
    return undefined;
  }
  sendError(reply, answer.category);
  return answer.code;
}
