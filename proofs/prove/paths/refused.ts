import { deflateSync } from "node:zlib";
import { embeddingPdf, encryptedPdf, garbagePdf } from "../../../deploy/local/fixtures/hostile-pdfs.ts";
import type { Planter } from "../canaries/canary.ts";
import { canaryFacts, scannedPdf } from "../canaries/canary-documents.ts";
import { answered, type ExitPath } from "./exit-path.ts";
import { ask, canaryMail, post } from "./send.ts";

const MIB = 1024 * 1024;
const CANARIES_BEHIND_BYTES = 4_096;

/** Documents that can never be accepted, one path for each code, and mails that are for nobody. */
export const REFUSED: readonly ExitPath[] = [
  answered("refused: document_too_large", 413, "document_too_large", (bench, planter) =>
    post(canaryMail(bench, planter, [scannedPdf(planter, 21 * MIB)])),
  ),
  answered("refused: document_empty", 200, "document_empty", (bench, planter) =>
    post(canaryMail(bench, planter, [new Uint8Array(), scannedPdf(planter)])),
  ),
  answered("refused: document_not_pdf", 200, "document_not_pdf", (bench, planter) =>
    post(canaryMail(bench, planter, [planter.bytes(300_000), scannedPdf(planter)])),
  ),
  answered("refused: document_encrypted", 200, "document_encrypted", async (bench, planter) =>
    post(canaryMail(bench, planter, [behind(planter, await encryptedPdf())])),
  ),
  answered("refused: document_unreadable", 200, "document_unreadable", (bench, planter) =>
    post(canaryMail(bench, planter, [behind(planter, garbagePdf())])),
  ),
  answered("refused: document_over_parser_limits", 200, "document_over_parser_limits", (bench, planter) =>
    post(canaryMail(bench, planter, [behind(planter, bomb(planter))])),
  ),
  answered(
    "refused: document_without_e_invoice",
    200,
    "document_without_e_invoice",
    async (bench, planter) => {
      await bench.restart("extractor", { GEMINI_API_KEY: undefined });
      return await post(canaryMail(bench, planter));
    },
    (bench) => bench.restart("extractor"),
  ),
  answered("refused: model_refused_document", 200, "model_refused_document", (bench, planter) => {
    bench.gemini.script({ finishReason: "PROHIBITED_CONTENT", parts: [{ text: planter.text(20) }] });
    return post(canaryMail(bench, planter));
  }),
  answered("refused: the prompt was blocked", 200, "model_refused_document", (bench, planter) => {
    bench.gemini.script({ noCandidates: true, blockReason: "OTHER" });
    return post(canaryMail(bench, planter));
  }),
  ...senderPaths(),
  answered("invalid", 200, "extraction_failed_validation", (bench, planter) => {
    const facts = canaryFacts(planter);
    bench.gemini.script({ facts: { ...facts, totals: { ...facts.totals, gross: "999.99" } } });
    return post(canaryMail(bench, planter));
  }),
  answered("undeliverable: erp_rejected", 200, "erp_rejected", (bench, planter) => {
    bench.stack.erp.script({ status: 422, body: planter.text(40) });
    return post(canaryMail(bench, planter));
  }),
  answered("undeliverable: the ERP redirects", 200, "erp_rejected", (bench, planter) => {
    bench.stack.erp.script({ status: 307, headers: { location: `http://127.0.0.1:9/${planter.text()}` } });
    return post(canaryMail(bench, planter));
  }),
  answered(
    "undeliverable: erp_gone",
    200,
    "erp_gone",
    (bench, planter) => {
      bench.stack.erp.script({ status: 410, body: planter.text(40) });
      return post(canaryMail(bench, planter));
    },
    (bench) => bench.restart("erp-pusher"),
  ),
  answered("ignored: no document", 200, "no_document", (bench, planter) =>
    post({
      ...canaryMail(bench, planter, []),
      documents: [{ filename: planter.text(), bytes: planter.bytes(50_000), contentType: "image/png" }],
    }),
  ),
  answered("unroutable", 200, "unknown_recipient", (bench, planter) =>
    post({ ...canaryMail(bench, planter), envelope: { to: ["nobody@elsewhere.example"] } }),
  ),
  answered("wrong key", 401, undefined, (bench, planter) =>
    post({ ...canaryMail(bench, planter, [scannedPdf(planter, 300_000)]), apiKey: "wrong" }),
  ),
  answered("unsupported media type", 415, undefined, (bench, planter) =>
    ask(bench, {
      path: "/webhooks/sendgrid",
      headers: { "content-type": "text/plain", "x-api-key": bench.stack.settings.apiKey },
      body: planter.bytes(300_000),
    }),
  ),
  answered("unknown route", 404, undefined, (bench, planter) =>
    ask(bench, { path: "/webhooks/elsewhere", headers: {}, body: planter.bytes(300_000) }),
  ),
  answered("mail_too_large", 413, "mail_too_large", (bench, planter) =>
    ask(bench, {
      path: "/webhooks/sendgrid",
      headers: {
        "content-type": "multipart/form-data; boundary=xYzZY",
        "x-api-key": bench.stack.settings.apiKey,
      },
      body: planter.bytes(66 * MIB),
    }),
  ),
];

/** A tenant that takes documents from few, and from nobody who is not who he says. */
function senderPaths(): readonly ExitPath[] {
  const strict = (senders: object) => ({
    FLOWSTATE_TENANTS: JSON.stringify([{ id: "demo", addresses: ["documents@demo.example"], senders }]),
    SENDGRID_INBOUND_OPEN: "true",
    API_SECRET: undefined,
    TENANT_ID: undefined,
    TENANT_ADDRESS: undefined,
  });
  return [
    answered(
      "refused: sender_not_allowed",
      200,
      "sender_not_allowed",
      async (bench, planter) => {
        await bench.restart("ingest", strict({ allow: ["@other.example"] }));
        return await post(canaryMail(bench, planter));
      },
      (bench) => bench.restart("ingest"),
    ),
    answered(
      "refused: sender_not_authenticated",
      200,
      "sender_not_authenticated",
      async (bench, planter) => {
        await bench.restart("ingest", strict({ require: ["spf"] }));
        return await post({ ...canaryMail(bench, planter), fields: { SPF: "fail" } });
      },
      (bench) => bench.restart("ingest"),
    ),
  ];
}

/** Readers of PDFs look for the end from behind: what stands there is passed over. */
function behind(planter: Planter, pdf: Uint8Array): Buffer {
  return Buffer.concat([pdf, Buffer.from("\n% "), planter.bytes(CANARIES_BEHIND_BYTES), Buffer.from("\n")]);
}

/** A few kilobytes that unfold to gigabytes of canaries. */
function bomb(planter: Planter): Buffer {
  const piece = planter.bytes(64);
  const unfolded = Buffer.alloc(600 * MIB, piece);
  const once = deflateSync(unfolded, { level: 1 });
  return embeddingPdf("factur-x.xml", deflateSync(once), "/Filter [/FlateDecode /FlateDecode]");
}
