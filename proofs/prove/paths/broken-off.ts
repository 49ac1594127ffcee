import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type BuiltMail, buildMail, type SendMailOptions } from "../../../deploy/local/doubles/sendgrid.ts";
import type { Bench } from "../bench/bench.ts";
import type { Planter } from "../canaries/canary.ts";
import { scannedPdf } from "../canaries/canary-documents.ts";
import { bytesReadBy } from "./disturb.ts";
import { AFTER_ABORT_MS, type Answered, answered, type ExitPath, NO_ANSWER } from "./exit-path.ts";
import { ask, canaryMail, post } from "./send.ts";
import { until } from "./until.ts";

const DOCUMENT_BYTES = 2_000_000;
/** The parser is given a moment to take in what came before the connection ends. */
const TAKEN_IN_MS = 50;

/** Clients that hang up: at ten offsets of the body, inside the headers, between two parts, before the answer. */
export const ABORTED: readonly ExitPath[] = [
  ...[0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 0.99].map((share) =>
    aborted(`client gone after ${Math.round(share * 100)} % of the body`, async (bench, planter) => {
      const mail = canaryMail(bench, planter, [scannedPdf(planter, DOCUMENT_BYTES)]);
      const abortAfterBytes = Math.floor(DOCUMENT_BYTES * share);
      return await post({ ...mail, upload: { abortAfterBytes } });
    }),
  ),
  aborted("client gone inside the headers", async (bench, planter) =>
    hangUp(bench, Buffer.from(`POST /webhooks/sendgrid HTTP/1.1\r\nHost: x\r\nX-Subject: ${planter.text(30)}`)),
  ),
  aborted("client gone inside a part's headers", async (bench, planter) => {
    const { head, body } = rawRequest(bench, buildMail(canaryMail(bench, planter)));
    return await hangUp(bench, Buffer.concat([head, body.subarray(0, body.indexOf("filename=") + 30)]));
  }),
  aborted("client gone between two parts", async (bench, planter) => {
    const { head, body } = rawRequest(bench, buildMail(canaryMail(bench, planter)));
    return await hangUp(bench, Buffer.concat([head, body.subarray(0, body.lastIndexOf("--xYzZY", -20))]));
  }),
  aborted("client gone before its answer", async (bench, planter) => {
    const { head, body } = rawRequest(bench, buildMail(canaryMail(bench, planter)));
    return await hangUp(bench, Buffer.concat([head, body]));
  }),
  aborted("upload: client gone before it has read the extraction", async (bench, planter) => {
    const pdf = scannedPdf(planter);
    const head =
      `POST /api/documents?deliver=response HTTP/1.1\r\nHost: x\r\nX-API-Key: ${bench.stack.settings.apiKey}\r\n` +
      `Content-Type: application/pdf\r\nContent-Length: ${pdf.length}\r\n\r\n`;
    return await hangUp(bench, Buffer.concat([Buffer.from(head), pdf]));
  }),
  aborted("client breaks the chunked encoding", async (bench, planter) => {
    const mail = buildMail(canaryMail(bench, planter));
    const { apiKey } = bench.stack.settings;
    const head =
      `POST /webhooks/sendgrid HTTP/1.1\r\nHost: x\r\nX-API-Key: ${apiKey}\r\nContent-Type: ${mail.contentType}\r\n` +
      "Transfer-Encoding: chunked\r\n\r\n";
    const piece = mail.body.subarray(0, 4_000);
    const size = piece.length.toString(16);
    return await hangUp(bench, Buffer.concat([Buffer.from(`${head}${size}\r\n`), piece, Buffer.from("no chunk\r\n")]));
  }),
];

/** Bodies that are no acceptable multipart, each broken in another place. */
export const MALFORMED: readonly ExitPath[] = [
  malformed("unterminated", 400, (body) => body.subarray(0, body.length - 40)),
  malformed("no boundary at all", 400, (_body, planter) => planter.bytes(20_000)),
  malformed("no header in the first part", 400, (body) =>
    Buffer.concat([Buffer.from("--xYzZY\r\n\r\n"), body.subarray("--xYzZY\r\n".length)]),
  ),
  malformed("a header without a colon", 400, (body, planter) =>
    Buffer.concat([Buffer.from(`--xYzZY\r\nContent-Disposition ${planter.text(20)}\r\n\r\nx\r\n`), body]),
  ),
  malformed("a bare line feed in a header", 400, (body, planter) =>
    Buffer.concat([Buffer.from(`--xYzZY\r\nContent-Disposition: ${planter.text(20)}\n\r\n\r\nx\r\n`), body]),
  ),
  malformed("no name in a disposition", 400, (body, planter) =>
    Buffer.concat([
      Buffer.from(`--xYzZY\r\nContent-Disposition: form-data; x="${planter.text(9)}"\r\n\r\nx\r\n`),
      body,
    ]),
  ),
  malformed("a quoted value without an end", 400, (body, planter) =>
    Buffer.concat([
      Buffer.from(`--xYzZY\r\nContent-Disposition: form-data; name="${planter.text(9)}\r\n\r\nx\r\n`),
      body,
    ]),
  ),
  malformed("another delimiter behind the closing one", 400, (body) => Buffer.concat([body, body])),
  malformed("a name that is too long", 413, (body, planter) =>
    Buffer.concat([
      Buffer.from(`--xYzZY\r\nContent-Disposition: form-data; name="a1"; filename="${planter.text(200)}"\r\n\r\nx\r\n`),
      body,
    ]),
  ),
  malformed("a part with too many headers", 413, (body, planter) =>
    Buffer.concat([Buffer.from(`--xYzZY\r\nX-Canary: ${planter.text(2_000)}\r\n\r\nx\r\n`), body]),
  ),
  malformed("too many parts", 413, (body, planter) =>
    Buffer.concat([
      Buffer.from(
        Array.from(
          { length: 400 },
          () => `--xYzZY\r\nContent-Disposition: form-data; name="x"\r\n\r\n${planter.text(4)}\r\n`,
        ).join(""),
      ),
      body,
    ]),
  ),
];

function aborted(name: string, run: (bench: Bench, planter: Planter) => Promise<Answered>): ExitPath {
  return { name, expects: { status: "none" }, graceMs: AFTER_ABORT_MS, run };
}

function malformed(name: string, status: number, spoil: (body: Buffer, planter: Planter) => Uint8Array): ExitPath {
  return answered(
    `malformed: ${name}`,
    status,
    status === 400 ? "mail_malformed" : "mail_over_limits",
    (bench, planter) => {
      const { contentType, body } = buildMail(canaryMail(bench, planter));
      return ask(bench, {
        path: "/webhooks/sendgrid",
        headers: { "content-type": contentType, "x-api-key": bench.stack.settings.apiKey },
        body: spoil(Buffer.from(body), planter),
      });
    },
  );
}

function rawRequest(bench: Bench, { contentType, body }: BuiltMail): { readonly head: Buffer; readonly body: Buffer } {
  const head =
    `POST /webhooks/sendgrid HTTP/1.1\r\nHost: x\r\nX-API-Key: ${bench.stack.settings.apiKey}\r\n` +
    `Content-Type: ${contentType}\r\nContent-Length: ${body.byteLength}\r\n\r\n`;
  return { head: Buffer.from(head), body: Buffer.from(body) };
}

/** Sends these bytes, waits for `taken`, and resets the connection. */
async function hangUp(
  bench: Bench,
  bytes: Buffer,
  taken: () => Promise<unknown> = () => sleep(TAKEN_IN_MS),
): Promise<Answered> {
  const { hostname, port } = new URL(bench.stack.services.ingest.url ?? "");
  const socket = connect(Number(port), hostname).on("error", () => {});
  const closed = once(socket, "close");
  try {
    await new Promise<void>((resolve) => void socket.write(bytes, () => resolve()));
    await taken();
  } finally {
    socket.resetAndDestroy();
    await closed;
  }
  return NO_ANSWER;
}

/** The same of a mail that ingest has read to its end: the work goes on without its sender. `working`: when it has begun. */
export async function hangUpBehind(
  bench: Bench,
  mail: SendMailOptions,
  working: () => Promise<unknown>,
): Promise<Answered> {
  const { pid } = bench.stack.services.ingest;
  const readBefore = bytesReadBy(pid);
  const { head, body } = rawRequest(bench, buildMail(mail));
  const bytes = Buffer.concat([head, body]);
  return await hangUp(bench, bytes, async () => {
    await until("ingest read all of a mail", () => bytesReadBy(pid) - readBefore >= bytes.length);
    await working();
  });
}
