import type { TenantId } from "@flowstate/contracts";
import { authorizeTenant, type KeyStore } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";
import { processMail } from "../process/process-mail.ts";
import { receiveMail } from "../receive/receive-mail.ts";
import { SignatureCheck, type SignatureOptions } from "../receive/verify-signature.ts";
import { answerMail } from "./answer-mail.ts";
import { sendAnswer } from "./send-answer.ts";
import { type RouteOptions, takeRequest } from "./take-request.ts";

const ROUTE = "/webhooks/sendgrid";

export interface WebhookOptions extends RouteOptions {
  /** Undefined: the webhook answers without a key. */
  readonly keys: KeyStore | undefined;
  /** The tenant whose key the operator gave to SendGrid, which brings everybody's mail. Other keys bring their own. */
  readonly operator: TenantId | undefined;
  /** Undefined: mails need no signature. */
  readonly signature: SignatureOptions | undefined;
}

/** `POST /webhooks/sendgrid`: one inbound mail. See ARCHITECTURE.md for which answer means what to SendGrid. */
export async function sendgridWebhook(server: FastifyInstance, options: WebhookOptions): Promise<void> {
  const { path, keys, operator, signature, limits } = options;
  // The body is streamed by the handler; Fastify must not read it.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", (_request, _payload, done) => done(null));
  server.post(ROUTE, (request, reply) =>
    takeRequest(request, reply, options, {
      route: ROUTE,
      source: "sendgrid",
      authenticate: async () => {
        const key = keys === undefined ? undefined : await authorizeTenant(request, keys, "submit");
        const check = signature === undefined ? undefined : new SignatureCheck(request.headers, signature);
        return { onlyTenant: key?.tenant === operator ? undefined : key?.tenant, check };
      },
      work: async ({ body, beginAttempt }, { onlyTenant, check }) => {
        using mail = await receiveMail(request.raw, { limits, body, check });
        const answer = answerMail(await processMail(path, mail, { onlyTenant, attempt: beginAttempt() }));
        return sendAnswer(reply, answer);
      },
    }),
  );
}
