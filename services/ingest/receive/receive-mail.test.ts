// Real: Node's HTTP server and client over loopback, the multipart parser. Doubled: nothing; bodies are written out here
// byte by byte, so that the suite depends on no builder of ours.
import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { GhostBytes, MemoryBudget } from "@flowstate/ghost";
import { HttpError } from "@flowstate/runtime";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ReceivedMail } from "../mail.ts";
import { MailRefusedError } from "../mail-refused.ts";
import { Admission } from "./admission.ts";
import { ClientAbortedError } from "./read-body.ts";
import { receiveMail } from "./receive-mail.ts";

const LIMITS = {
  maxMailBytes: 4 * 1024 * 1024,
  maxDocumentBytes: 1024 * 1024,
  maxDocuments: 20,
  maxParts: 200,
  maxFields: 100,
  maxPartHeaderBytes: 16 * 1024,
  maxFilenameBytes: 1024,
  maxDepth: 16,
  minBytesPerSecond: 0,
  budget: new MemoryBudget(64 * 1024 * 1024),
};
const PDF = (size: number, fill: Buffer = randomBytes(size)) =>
  Buffer.concat([Buffer.from("%PDF-1.7\n"), fill]).subarray(0, size);

interface Part {
  readonly name: string;
  readonly filename?: string;
  readonly type?: string;
  readonly body: Buffer | string;
}

function multipart(parts: readonly Part[], boundary = "xYzZY"): Buffer {
  return Buffer.concat([
    ...parts.flatMap(({ name, filename, type, body }) => [
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? "" : `; filename="${filename}"`}\r\n` +
          `${type === undefined ? "" : `Content-Type: ${type}\r\n`}\r\n`,
      ),
      Buffer.from(body),
      Buffer.from("\r\n"),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}

const FORM = "multipart/form-data; boundary=xYzZY";
const ATTACHMENT = { name: "attachment1", filename: "a.pdf", type: "application/pdf", body: PDF(100) };
const INJECTED =
  '%PDF-1.7\r\n--xYzZY\r\nContent-Disposition: form-data; name="envelope"\r\n\r\n{"to":["victim@acme.example"]}';
const ENVELOPE = { name: "envelope", body: '{"to":["in@acme.example"],"from":"s@supplier.example"}' };

/** Posts a body in pieces of `pieceBytes` and returns what receiveMail made of it. */
async function receive(
  body: Buffer,
  options: {
    readonly pieceBytes?: number;
    readonly contentType?: string;
    readonly abortAfter?: number;
    readonly stopping?: AbortSignal;
    readonly neverEnds?: boolean;
  } = {},
): Promise<ReceivedMail> {
  const outcome = Promise.withResolvers<ReceivedMail>();
  const server = createServer((incoming: IncomingMessage, response) => {
    const admission = Admission.of(incoming, LIMITS.budget, LIMITS.maxMailBytes);
    const { maxMailBytes: maxBytes, minBytesPerSecond } = LIMITS;
    const stopping = options.stopping ?? new AbortController().signal;
    receiveMail(incoming, { limits: LIMITS, body: { admission, maxBytes, minBytesPerSecond, stopping } })
      .finally(() => admission[Symbol.dispose]())
      .then(outcome.resolve, outcome.reject);
    outcome.promise.catch(() => {}).finally(() => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const client = request({
    port,
    host: "127.0.0.1",
    method: "POST",
    headers: {
      "content-type": options.contentType ?? "multipart/form-data; boundary=xYzZY",
      "content-length": body.length + (options.neverEnds === true ? 1 : 0),
    },
  });
  client.on("error", () => {});
  const pieceBytes = options.pieceBytes ?? body.length;
  const end = options.abortAfter ?? body.length;
  for (let offset = 0; offset < end; offset += pieceBytes) {
    const piece = body.subarray(offset, Math.min(offset + pieceBytes, end));
    await new Promise((resolve) => client.write(piece, resolve));
  }
  if (options.abortAfter !== undefined) client.destroy();
  else if (options.neverEnds !== true) client.end();
  else onTestFinished(() => void client.destroy());
  return outcome.promise;
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof HttpError) return error.category;
  if (error instanceof MailRefusedError) return error.code;
  return error instanceof ClientAbortedError ? "aborted" : String(error);
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const bytesOf = (content: GhostBytes) => Buffer.concat([...content.slices(65_536)]);

describe("receiveMail", () => {
  it.each([
    ["whole", undefined],
    ["in pieces of 7 bytes", 7],
    ["in pieces of 1000 bytes", 1_000],
    ["in pieces of 65537 bytes", 65_537],
  ])("keeps each PDF byte for byte when the body comes %s", async (_name, pieceBytes) => {
    const size = pieceBytes === 7 ? 5_000 : 700_000;
    // Line ends, dashes and pieces of the boundary inside the document must not confuse the parser.
    const first = PDF(size, Buffer.alloc(size, "\r\n--xYzZ\r\n\r\n--"));
    const second = PDF(size);
    using mail = await receive(
      multipart([
        { name: "attachment2", filename: "b.pdf", type: "application/pdf", body: second },
        ENVELOPE,
        { name: "attachment1", filename: "a.pdf", type: "application/pdf", body: first },
      ]),
      pieceBytes === undefined ? {} : { pieceBytes },
    );
    expect(mail.documents.map(({ content }) => sha256(bytesOf(content)))).toEqual([sha256(second), sha256(first)]);
    expect(mail.documents.map(({ digest, sizeBytes }) => [digest.toString("hex"), sizeBytes])).toEqual([
      [sha256(second), size],
      [sha256(first), size],
    ]);
    expect(mail.envelope).toEqual({ from: "s@supplier.example", to: ["in@acme.example"] });
  });

  it("knows a PDF by its bytes, not by its name or type, and answers for what is none", async () => {
    using mail = await receive(
      multipart([
        ENVELOPE,
        { name: "attachment1", filename: "really.pdf", type: "application/pdf", body: "<html>no</html>" },
        { name: "attachment2", filename: "", type: "image/png", body: PDF(2_000) },
        {
          name: "attachment3",
          filename: "c",
          type: "application/octet-stream",
          body: Buffer.concat([Buffer.alloc(900, 10), PDF(2_000)]),
        },
        { name: "attachment4", filename: "d.pdf", body: Buffer.concat([Buffer.alloc(1_100, 10), PDF(2_000)]) },
        { name: "attachment5", filename: "empty.pdf", type: "application/pdf", body: "" },
      ]),
    );
    expect(mail.documents.map(({ sizeBytes, refusal }) => [sizeBytes, refusal])).toEqual([
      [15, "document_not_pdf"],
      [2_000, undefined],
      [2_900, undefined],
      [3_100, "document_not_pdf"],
      [0, "document_empty"],
    ]);
    expect(mail.documents.map(({ content, refusal }) => content.wiped === (refusal !== undefined))).not.toContain(
      false,
    );
  });

  it("reads raw mode: the documents of the whole message in one field, forwarded ones too, and gives its memory back", async () => {
    const [first, second] = [PDF(300_000), PDF(50_000)];
    const part = (document: Buffer) =>
      `Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n${(document.toString("base64").match(/.{1,76}/g) ?? []).join("\r\n")}\r\n`;
    const forwarded = `Content-Type: message/rfc822\r\n\r\nSubject: Fwd\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n${part(second)}--i--\r\n`;
    const message =
      "Message-ID: <raw@x>\r\nSubject: caf\xe9\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n" +
      `--o\r\n${part(first)}--o\r\n${forwarded}--o--\r\n`;
    {
      using mail = await receive(multipart([{ name: "email", body: Buffer.from(message, "latin1") }, ENVELOPE]));
      expect(mail.documents.map(({ content }) => sha256(bytesOf(content)))).toEqual([sha256(first), sha256(second)]);
      expect(mail.envelope.to).toEqual(["in@acme.example"]);
      using other = await receive(multipart([ENVELOPE, { name: "headers", body: "Message-ID: <raw@x>" }]));
      expect(mail.messageKey.equals(other.messageKey)).toBe(true);
    }
    expect(LIMITS.budget.reservedBytes).toBe(0);
  });

  it.each([
    ["by its type", { filename: "forward", type: "message/rfc822" }],
    ["by its type, with parameters and in capitals", { filename: "", type: "Message/RFC822; name=x" }],
    ["by its name", { filename: "Fwd.EML", type: "application/octet-stream" }],
  ])("finds the documents of a forwarded message in default mode, known %s, and none twice", async (_name, head) => {
    const document = PDF(40_000);
    const inner = `Subject: what %PDF-1.7 means\r\nMessage-ID: <inner@x>\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\nContent-Type: text/plain\r\n\r\nsee attachment\r\n--i\r\nContent-Disposition: attachment; filename=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${document.toString("base64")}\r\n--i--\r\n`;
    const headers = { name: "headers", body: "Message-ID: <outer@x>" };
    {
      using mail = await receive(multipart([ENVELOPE, headers, { name: "attachment1", ...head, body: inner }]));
      expect(mail.documents.map(({ content }) => sha256(bytesOf(content)))).toEqual([sha256(document)]);
      using outer = await receive(multipart([ENVELOPE, headers]));
      expect(mail.messageKey.equals(outer.messageKey)).toBe(true);
    }
    expect(LIMITS.budget.reservedBytes).toBe(0);
  });

  it("takes a PDF that calls itself a message for the PDF that it is", async () => {
    const document = PDF(3_000);
    using mail = await receive(
      multipart([ENVELOPE, { name: "attachment1", filename: "a.eml", type: "message/rfc822", body: document }]),
    );
    expect(mail.documents.map(({ digest }) => digest.toString("hex"))).toEqual([sha256(document)]);
  });

  it.each([
    ["attachment-info", '{"attachment1":{"filename":"l.png","type":"image/png","content-id":"logo@x"}}'],
    ["content-ids", '{"logo@x":"attachment1"}'],
  ])("passes over a picture that the text shows, by the field %s", async (name, body) => {
    const picture = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), randomBytes(3_000)]);
    const parts = [ENVELOPE, { name: "attachment1", filename: "l.png", type: "image/png", body: picture }];
    using shown = await receive(multipart([...parts, { name, body }]));
    expect(shown.documents).toEqual([]);
    using sent = await receive(multipart(parts));
    expect(sent.documents.map(({ refusal }) => refusal)).toEqual(["document_not_pdf"]);
  });

  it("takes subject, text and html as bytes that it does not keep", async () => {
    using mail = await receive(
      multipart([
        { name: "subject", body: "%PDF-1.7 in a subject is no document" },
        { name: "text", body: "x".repeat(1_200_000) },
        ENVELOPE,
      ]),
    );
    expect(mail.documents).toEqual([]);
  });

  it.each([
    ["exactly the limit", LIMITS.maxDocumentBytes, false],
    ["one byte more", LIMITS.maxDocumentBytes + 1, true],
    ["much more", LIMITS.maxDocumentBytes * 3, true],
  ])("keeps nothing of a document of %s when that is too large", async (_name, size, tooLarge) => {
    const document = PDF(size);
    using mail = await receive(multipart([ENVELOPE, { name: "attachment1", filename: "a.pdf", body: document }]));
    const [received] = mail.documents;
    expect(received).toMatchObject({ refusal: tooLarge ? "document_too_large" : undefined, sizeBytes: size });
    expect(received?.content.wiped).toBe(tooLarge);
    // The digest covers all of it, so that its refusal has the same id on every redelivery.
    expect(received?.digest.toString("hex")).toBe(sha256(document));
  });

  it("has the same message key for the same Message-ID, whatever else the headers say", async () => {
    const keyOf = async (headers: string) => {
      using mail = await receive(multipart([ENVELOPE, { name: "headers", body: headers }]));
      return mail.messageKey.toString("hex");
    };
    const key = await keyOf("Received: by a\r\nMessage-ID: <1@x>\r\nSubject: s");
    expect(await keyOf("Received: by b\nMESSAGE-id:\r\n  <1@x> \r\nTo: y")).toBe(key);
    expect(await keyOf("X-Message-ID: <1@x>\r\nSubject: s")).not.toBe(key);
    expect(await keyOf("Message-ID: <2@x>\r\n")).not.toBe(key);
    // An empty one is none: then all headers tell one message from another.
    expect(await keyOf("Message-ID: \r\nSubject: a")).not.toBe(await keyOf("Message-ID: \r\nSubject: b"));
  });

  it.each([
    ["unsupported_media_type", "application/json", multipart([ENVELOPE])],
    ["mail_malformed", "multipart/form-data", multipart([ENVELOPE])],
    ["mail_malformed", "multipart/form-data; boundary=other", multipart([ENVELOPE])],
    ["mail_malformed", FORM, multipart([ENVELOPE]).subarray(0, -20)],
    // The header block of an attachment is damaged.
    ["mail_malformed", FORM, multipart([ENVELOPE, { name: "attachment1", filename: "a\n.pdf", body: PDF(100) }])],
    // What was attached holds a delimiter and fields of the sender's own.
    ["mail_malformed", FORM, multipart([{ ...ATTACHMENT, body: INJECTED }, ENVELOPE])],
    ["mail_malformed", FORM, multipart([ENVELOPE, { name: "SPF", body: "pass" }, { name: "SPF", body: "fail" }])],
    ["mail_malformed", FORM, multipart([ENVELOPE, { name: "email", body: "a: b" }, { name: "email", body: "a: b" }])],
    ["mail_malformed", FORM, multipart([ENVELOPE, { name: "email", body: "a: b" }, ATTACHMENT])],
    // Two attachments are announced, and one came.
    ["mail_malformed", FORM, multipart([ENVELOPE, { name: "attachments", body: "2" }, ATTACHMENT])],
    ["mail_over_limits", FORM, multipart(Array.from({ length: 110 }, () => ({ name: "x", body: "" })))],
    ["mail_over_limits", FORM, multipart(Array.from({ length: 210 }, () => ATTACHMENT))],
    ["mail_over_limits", FORM, multipart(Array.from({ length: 21 }, () => ATTACHMENT))],
    ["mail_over_limits", FORM, multipart([{ ...ATTACHMENT, filename: "n".repeat(1_025) }])],
    ["mail_over_limits", FORM, multipart([{ ...ATTACHMENT, type: "x".repeat(17_000) }])],
    ["mail_too_large", FORM, multipart([{ name: "text", body: Buffer.alloc(5 * 1024 * 1024) }])],
  ])("answers %s to %s that is not acceptable", async (category, contentType, body) => {
    expect(await failureOf(receive(body, { contentType }))).toBe(category);
  });

  it.each([
    ["has no sender", '{"to":["in@acme.example"],"from":null}'],
    ["has one recipient and no list", '{"to":"in@acme.example"}'],
    ["has odd things beside the recipient", '{"to":[null,{"a":1},"in@acme.example"],"from":["x"]}'],
  ])("finds the recipient in an envelope that %s", async (_name, body) => {
    using mail = await receive(multipart([{ name: "envelope", body }]));
    expect(mail.envelope).toEqual({ from: undefined, to: ["in@acme.example"] });
  });

  it("takes the envelope of a thousand recipients with the longest addresses, and refuses one with more", async () => {
    const to = Array.from({ length: 1_000 }, (_, n) => `${String(n).padStart(240, "x")}@acme.example`);
    using mail = await receive(multipart([{ name: "envelope", body: JSON.stringify({ to }) }]));
    expect(mail.envelope.to).toEqual(to);
    const more = { name: "envelope", body: JSON.stringify({ to: [...to.map(() => "a@b"), "c@d"] }) };
    expect(await failureOf(receive(multipart([more])))).toBe("mail_over_limits");
    const longer = { name: "envelope", body: JSON.stringify({ to: [...to, ...to.slice(0, 50)] }) };
    expect(await failureOf(receive(multipart([longer])))).toBe("mail_over_limits");
  });

  it.each([
    ["is absent", undefined],
    ["is no JSON", "{not json"],
    ["is no object", '"in@acme.example"'],
  ])("finds no recipients in an envelope that %s", async (_name, body) => {
    using mail = await receive(multipart(body === undefined ? [] : [{ name: "envelope", body }]));
    expect(mail.envelope).toEqual({ from: undefined, to: [] });
  });

  it.each([
    ["iso-8859-1", "latin1"],
    ["utf-16le", "utf16le"],
  ] as const)("reads the envelope in %s when the mail says so, wherever it says so", async (charset, encoding) => {
    const body = Buffer.from('{"to":["m\xfcller@acme.example"],"from":"s@supplier.example"}', encoding);
    const charsets = { name: "charsets", body: JSON.stringify({ to: "UTF-8", envelope: charset }) };
    for (const parts of [
      [{ name: "envelope", body }, charsets],
      [charsets, { name: "envelope", body }],
    ]) {
      using mail = await receive(multipart(parts));
      expect(mail.envelope.to).toEqual(["m\xfcller@acme.example"]);
    }
  });

  it("takes the envelope for UTF-8 when the charset named is not known", async () => {
    const charsets = { name: "charsets", body: '{"envelope":"cp850"}' };
    using mail = await receive(multipart([ENVELOPE, charsets]));
    expect(mail.envelope.to).toEqual(["in@acme.example"]);
  });

  it("takes the verdicts of SPF and DKIM from the mail", async () => {
    const fields = [
      { name: "SPF", body: "pass" },
      { name: "dkim", body: "{@a.example : pass, @b.example : fail}" },
    ];
    using mail = await receive(multipart([ENVELOPE, ...fields]));
    expect(mail.verdicts).toEqual({ spf: "pass", dkimPassed: ["a.example"] });
    using silent = await receive(multipart([ENVELOPE]));
    expect(silent.verdicts).toEqual({ spf: undefined, dkimPassed: [] });
  });

  it("finds the recipient beside an address in another charset", async () => {
    const body = Buffer.from('{"to":["in@acme.example"],"from":"m\xfcller@supplier.example"}', "latin1");
    using mail = await receive(multipart([{ name: "envelope", body }]));
    expect(mail.envelope.to).toEqual(["in@acme.example"]);
  });

  it("gives a mail that is still arriving back to its sender when the process stops", async () => {
    const stopping = new AbortController();
    const body = multipart([ENVELOPE, { name: "attachment1", filename: "a.pdf", body: PDF(500_000) }]);
    const receiving = receive(Buffer.concat([body.subarray(0, 300_000)]), {
      stopping: stopping.signal,
      neverEnds: true,
    });
    stopping.abort();
    expect(await failureOf(receiving)).toBe("temporarily_unavailable");
  });

  it.each([10, 100, 300, 5_000, 100_000])(
    "wipes everything when the client goes away after %i bytes",
    async (abortAfter) => {
      const made: GhostBytes[] = [];
      const { growing } = GhostBytes;
      GhostBytes.growing = () => {
        const bytes = growing();
        made.push(bytes);
        return bytes;
      };
      onTestFinished(() => {
        GhostBytes.growing = growing;
      });
      const body = multipart([ENVELOPE, { name: "attachment1", filename: "a.pdf", body: PDF(500_000) }]);
      expect(await failureOf(receive(body, { abortAfter, pieceBytes: 4_096 }))).toBe("aborted");
      expect(made.length).toBeGreaterThanOrEqual(1);
      expect(made.every(({ wiped }) => wiped)).toBe(true);
    },
  );
});
