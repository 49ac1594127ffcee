import { request } from "node:http";
import { text } from "node:stream/consumers";
import { type Mail, NoAnswerError, type SendMailOptions, sendMail } from "../../../deploy/local/doubles/sendgrid.ts";
import type { Bench } from "../bench/bench.ts";
import type { Planter } from "../canaries/canary.ts";
import { scannedPdf } from "../canaries/canary-documents.ts";
import { type Answered, NO_ANSWER } from "./exit-path.ts";

const SENDER = "billing@supplier.example";

/** A mail with canaries in every place that a sender fills. Its documents: by default one that only a model can read. */
export function canaryMail(
  bench: Bench,
  planter: Planter,
  documents: readonly Uint8Array[] = [scannedPdf(planter)],
): Mail & { readonly url: string; readonly apiKey: string } {
  const { services, settings } = bench.stack;
  return {
    url: services.ingest.url ?? "",
    apiKey: settings.apiKey,
    from: `${planter.text()} <${SENDER}>`,
    to: settings.tenantAddress,
    subject: planter.text(3),
    messageId: `<${planter.text()}@supplier.example>`,
    text: planter.text(24),
    html: `<p>${planter.text(24)}</p>`,
    documents: documents.map((bytes) => ({ filename: `${planter.text()}.pdf`, bytes })),
  };
}

/** Posts a mail as SendGrid would, once. */
export async function post(mail: SendMailOptions): Promise<Answered> {
  try {
    return await sendMail(mail);
  } catch (error) {
    if (error instanceof NoAnswerError) return NO_ANSWER;
    throw error;
  }
}

export interface Request {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Uint8Array;
}

/** One request to ingest, whatever it is. It is over when it was sent to its end, though an answer may come before. */
export function ask(bench: Bench, { path, headers, body }: Request): Promise<Answered> {
  return new Promise((resolve) => {
    const asked = request(new URL(path, bench.stack.services.ingest.url), {
      method: "POST",
      agent: false,
      headers: { "content-length": body.byteLength, ...headers },
    });
    let answered: Promise<Answered> | undefined;
    asked.on("error", () => {});
    asked.on("response", (response) => {
      answered = text(response).then(
        (body) => ({ status: response.statusCode, headers: response.headers, body }),
        () => NO_ANSWER,
      );
    });
    asked.on("close", () => resolve(answered ?? NO_ANSWER));
    asked.end(body);
  });
}
