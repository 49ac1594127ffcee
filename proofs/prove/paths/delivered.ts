import { buildMail } from "../../../deploy/local/doubles/sendgrid.ts";
import type { Planter } from "../canaries/canary.ts";
import { canaryFacts, eInvoice, scannedPdf } from "../canaries/canary-documents.ts";
import { answered, type ExitPath, NO_ANSWER } from "./exit-path.ts";
import { ask, canaryMail, post } from "./send.ts";
import { untilAsked } from "./until.ts";

const MIB = 1024 * 1024;

/** Documents that reach the ERP. */
export const DELIVERED: readonly ExitPath[] = [
  answered("delivered, read by the model", 200, "delivered", (bench, planter) => post(canaryMail(bench, planter))),
  answered("delivered, read from its own data", 200, "delivered", async (bench, planter) =>
    post(canaryMail(bench, planter, [await eInvoice(planter)])),
  ),
  answered("delivered, read although its type is made up", 200, "delivered", (bench, planter) => {
    const document = { filename: `${planter.text()}.pdf`, bytes: scannedPdf(planter) };
    return post({
      ...canaryMail(bench, planter, []),
      documents: [{ ...document, contentType: `application/${planter.text(3)}` }],
    });
  }),
  answered("delivered, read with seven others from their own data", 200, "delivered", async (bench, planter) => {
    const mails = Array.from({ length: 8 }, async () => post(canaryMail(bench, planter, [await eInvoice(planter)])));
    const answers = await Promise.all(mails);
    return answers.find(({ status }) => status !== 200) ?? answers[0] ?? NO_ANSWER;
  }),
  answered("delivered, 19 MiB", 200, "delivered", (bench, planter) =>
    post(canaryMail(bench, planter, [scannedPdf(planter, 19 * MIB)])),
  ),
  answered("delivered, five documents in one mail", 200, "delivered", async (bench, planter) =>
    post(
      canaryMail(bench, planter, [
        ...[1, 2, 3].map((n) => scannedPdf(planter, n * 100_000)),
        await eInvoice(planter),
        await eInvoice(planter),
      ]),
    ),
  ),
  answered("delivered, sent in chunks", 200, "delivered", (bench, planter) =>
    post({ ...canaryMail(bench, planter), upload: { chunked: true, pieceBytes: 1_000 } }),
  ),
  answered("delivered at the model's second answer", 200, "delivered", (bench, planter) => {
    bench.gemini.script({ status: 503, message: planter.text(20) });
    return post(canaryMail(bench, planter));
  }),
  answered("delivered after the model's answer was mended", 200, "delivered", (bench, planter) => {
    bench.gemini.script({ facts: { invented: planter.text(20) } });
    return post(canaryMail(bench, planter));
  }),
  answered("delivered at the ERP's second answer", 200, "delivered", (bench, planter) => {
    bench.stack.erp.script({ status: 503, body: planter.text(20) });
    return post(canaryMail(bench, planter));
  }),
  answered("delivered to an ERP that answers with much", 200, "delivered", (bench, planter) => {
    bench.stack.erp.script({ body: planter.text(2_000) });
    return post(canaryMail(bench, planter));
  }),
  answered("duplicate", 200, "duplicate", async (bench, planter) => {
    const mail = canaryMail(bench, planter);
    await post(mail);
    return await post(mail);
  }),
  answered("claimed elsewhere", 503, "claimed_elsewhere", async (bench, planter) => {
    const held = Promise.withResolvers<void>();
    const asked = bench.gemini.attempts;
    bench.gemini.script({ delayHeaders: held.promise, facts: canaryFacts(planter) });
    const mail = canaryMail(bench, planter);
    const first = post(mail);
    await untilAsked(bench.gemini, asked);
    const second = await post(mail);
    held.resolve();
    await first;
    return second;
  }),
  answered("raw mode", 200, "delivered", (bench, planter) =>
    post({ ...canaryMail(bench, planter, []), fields: { email: rawMessage(planter, scannedPdf(planter, 200_000)) } }),
  ),
  answered("raw mode, a forwarded message", 200, "delivered", (bench, planter) => {
    const inner = rawMessage(planter, scannedPdf(planter));
    const head = `Message-ID: <${planter.text()}@x>\r\nContent-Type: message/rfc822\r\nSubject: ${planter.text()}\r\n\r\n`;
    return post({ ...canaryMail(bench, planter, []), fields: { email: Buffer.concat([Buffer.from(head), inner]) } });
  }),
];

/** Base64 as mailers write it. */
function rawMessage(planter: Planter, pdf: Buffer): Buffer {
  const boundary = "=-prove";
  const name = `${planter.text()}.pdf`;
  return Buffer.from(
    [
      `From: ${planter.text()} <billing@supplier.example>`,
      `Subject: ${planter.text()}`,
      `Message-ID: <${planter.text()}@supplier.example>`,
      "MIME-Version: 1.0",
      `Content-Type: multipart/mixed; boundary="${boundary}"`,
      "",
      `--${boundary}`,
      "Content-Type: text/plain",
      "",
      planter.text(20),
      `--${boundary}`,
      `Content-Type: application/pdf; name="${name}"`,
      `Content-Disposition: attachment; filename="${name}"`,
      "Content-Transfer-Encoding: base64",
      "",
      pdf.toString("base64").replaceAll(/.{76}/g, "$&\r\n"),
      `--${boundary}--`,
      "",
    ].join("\r\n"),
  );
}

/** Uploads through the API. */
export const UPLOADED: readonly ExitPath[] = [
  answered("upload, delivered", 200, "delivered", (bench, planter) =>
    ask(bench, {
      path: "/api/documents",
      headers: { "content-type": "application/pdf", "x-api-key": bench.stack.settings.apiKey },
      body: scannedPdf(planter),
    }),
  ),
  answered("upload, the extraction is the answer", 200, undefined, async (bench, planter) => ({
    ...(await ask(bench, {
      path: "/api/documents?deliver=response",
      headers: { "content-type": "application/pdf", "x-api-key": bench.stack.settings.apiKey },
      body: scannedPdf(planter),
    })),
    isCallersOwn: true,
  })),
  answered("upload, a form", 200, "delivered", (bench, planter) => {
    const { contentType, body } = buildMail(canaryMail(bench, planter));
    return ask(bench, {
      path: "/api/documents",
      headers: { "content-type": contentType, "x-api-key": bench.stack.settings.apiKey },
      body,
    });
  }),
  answered("upload, wrong key", 401, undefined, (bench, planter) =>
    ask(bench, {
      path: "/api/documents",
      headers: { "content-type": "application/pdf", "x-api-key": "wrong" },
      body: scannedPdf(planter, 300_000),
    }),
  ),
];
