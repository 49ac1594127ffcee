import { finished } from "node:stream/promises";
import type { Code, TenantId } from "@flowstate/contracts";
import { authorizeTenant, HttpError, type KeyStore, limitRate, sendError } from "@flowstate/runtime";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ReceivedDocuments } from "../mail.ts";
import type { Attempt } from "../process/attempt.ts";
import { processUpload, readUpload } from "../process/process-upload.ts";
import { receiveUpload } from "../receive/receive-upload.ts";
import { answerMail } from "./answer-mail.ts";
import { answerReading } from "./answer-upload.ts";
import { sendAnswer } from "./send-answer.ts";
import { type RouteOptions, takeRequest } from "./take-request.ts";

const ROUTE = "/api/documents";
const RATE_WINDOW_MS = 60_000;
/** How long a caller may take to read its answer, which holds the extraction here until then. */
const ANSWER_READ_LIMIT_MS = 30_000;

/** Where an extraction goes. */
export const uploadQuerySchema = z.strictObject({
  deliver: z
    .enum(["erp", "response"])
    .default("erp")
    .describe("erp: the extraction is pushed to the tenant's ERP. response: it is in the answer, and no ERP is asked."),
});

export const uploadHeadersSchema = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/)
    .optional()
    .describe(
      "Makes repetitions of a request one upload. Without it, the same bytes of the same tenant are the same upload.",
    ),
});

export interface UploadOptions extends RouteOptions {
  readonly keys: KeyStore;
  readonly requestsPerMinute: number;
}

/** `POST /api/documents`: documents that a tenant uploads itself. */
export async function uploadDocuments(server: FastifyInstance, options: UploadOptions): Promise<void> {
  const { path, keys, limits } = options;
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", (_request, _payload, done) => done(null));
  await limitRate(server, { max: options.requestsPerMinute, windowMs: RATE_WINDOW_MS, keys });
  server.post(ROUTE, (request, reply) =>
    takeRequest(request, reply, options, {
      route: ROUTE,
      source: "api",
      authenticate: async () => {
        const { tenant } = await authorizeTenant(request, keys, "submit");
        return { tenant, wish: wishOf(request) };
      },
      work: async ({ body, beginAttempt }, { tenant, wish }) => {
        using received = await receiveUpload(request.raw, wish, { limits, body });
        const attempt = beginAttempt();
        if (wish.deliver === "response") return await answerWithReading(reply, options, { tenant, received, attempt });
        const answer = answerMail(await processUpload(path, tenant, received, attempt), "all");
        return sendAnswer(reply, answer);
      },
    }),
  );
}

/** Throws `HttpError("malformed_request")` for what the endpoint does not know, unknown parameters included. */
function wishOf({ query, headers }: FastifyRequest) {
  const asked = uploadQuerySchema.safeParse(query);
  const said = uploadHeadersSchema.safeParse(headers);
  if (!asked.success || !said.success) throw new HttpError("malformed_request");
  return { deliver: asked.data.deliver, idempotencyKey: said.data["idempotency-key"] };
}

/** The receipt comes after the answer: until it is sent, the extraction is held here. */
async function answerWithReading(
  reply: FastifyReply,
  { path, logger }: RouteOptions,
  { tenant, received, attempt }: { tenant: TenantId; received: ReceivedDocuments; attempt: Attempt },
): Promise<Code | undefined> {
  {
    using reading = await readUpload(path, tenant, received, attempt);
    const answer = answerReading(reading);
    if (answer.kind === "failed") {
      sendError(reply, answer.category);
    } else {
      using body = answer.body;
      // The extractions have just given theirs back; what stands around them are some bytes for each.
      using _room = path.budget.tryReserve(body.length);
      reply.code(200).type("application/json; charset=utf-8").send(body.view());
      // Whether the caller has read it or gone away, nobody needs it any more: of what a destroyed connection had yet to write,
      // nothing is read.
      const patience = AbortSignal.any([attempt.stopping, AbortSignal.timeout(ANSWER_READ_LIMIT_MS)]);
      await finished(reply.raw, { signal: patience }).catch(() => reply.raw.destroy());
    }
    reading[Symbol.dispose]();
    await reading.recordWiped().catch((error: unknown) => logger.warn("document.receipt_not_stored", {}, error));
    return answer.kind === "failed" ? answer.code : undefined;
  }
}
