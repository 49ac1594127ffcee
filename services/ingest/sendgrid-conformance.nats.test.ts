// Real: ingest with its HTTP server, nats-server, sealed transfers, stream, ledger. Doubled: SendGrid, as a table of what it
// is known to post; extractor and erp-pusher are scripted functions.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { buildMail, type Mail } from "@flowstate/local/doubles/sendgrid-mail.ts";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { API_KEY, EXTRACTED, IngestRig } from "./testing/ingest-rig.ts";

const CORPUS = path.resolve(import.meta.dirname, "../../../shared/corpora/sendgrid");
const FORM = "multipart/form-data; boundary=xYzZY";
const MIB = 1024 * 1024;

let broker: NatsServer;
let rig: IngestRig;
/** What the extractor got, in order. */
let read: Buffer[] = [];

beforeAll(async () => {
  broker = await startNatsServer({});
  rig = await IngestRig.start(broker, {
    TENANT_ADDRESS: "in@acme.example, @inbound.example.com, @inbound.inbound.com",
  });
  rig.script.extract = async (content) => {
    read.push(Buffer.from(content));
    return EXTRACTED;
  };
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await broker[Symbol.asyncDispose]();
});

async function post(body: Uint8Array, contentType = FORM): Promise<{ status: number; body: unknown }> {
  read = [];
  const headers = { "x-api-key": API_KEY, "content-type": contentType };
  const response = await fetch(rig.urlOf("/webhooks/sendgrid"), { method: "POST", headers, body: Buffer.from(body) });
  return { status: response.status, body: await response.json() };
}

let number = 0;
/** Another document each time, of lines that could be mistaken for the end of a part. */
function aDocument(lead = ""): Buffer {
  number += 1;
  return Buffer.from(`${lead}%PDF-1.7\n${number}\r\n--xYzZ\r\n--xYzZYx\r\n\r\n\x00\xff\xfe`, "latin1");
}

const BASE = { from: "Supplier <ap@supplier.example>", to: "in@acme.example" };
const document = (bytes: Buffer, rest: Partial<Mail["documents"][number]> = {}) => ({
  filename: "a.pdf",
  bytes,
  ...rest,
});

function base64(bytes: Buffer): string {
  return (bytes.toString("base64").match(/.{1,76}/g) ?? []).join("\r\n");
}

/** The fields of the raw mode around a whole message, in bytes. */
function rawMode(message: Buffer): NonNullable<Mail["fields"]> {
  const absent = {
    headers: undefined,
    text: undefined,
    html: undefined,
    attachments: undefined,
    "attachment-info": undefined,
  };
  return { ...absent, email: message };
}

const forwarded = (inner: Buffer) =>
  `Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename="Fwd.eml"\r\n\r\nMessage-ID: <i@x>\r\nContent-Type: multipart/mixed; boundary=inner\r\n\r\n--inner\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(inner)}\r\n--inner--\r\n`;

describe("SendGrid's default mode: a mail is understood", () => {
  it.each<[string, (first: Buffer, second: Buffer) => Mail]>([
    ["in SendGrid's usual order", (a, b) => ({ ...BASE, documents: [document(a), document(b)] })],
    [
      "with its files before all fields, the second before the first, the envelope last",
      (a, b) => ({ ...BASE, documents: [document(b), document(a)], order: ["attachment2", "attachment1"] }),
    ],
    [
      "whose header names other recipients than its envelope",
      (a, b) => ({
        ...BASE,
        to: "someone@else.example",
        envelope: { to: ["in@acme.example"] },
        documents: [document(a), document(b)],
      }),
    ],
    [
      "whose documents are inline, with content ids",
      (a, b) => ({ ...BASE, documents: [document(a, { contentId: "1@x" }), document(b, { contentId: "2@x" })] }),
    ],
    [
      "whose documents have other types",
      (a, b) => ({
        ...BASE,
        documents: [
          document(a, { contentType: "application/octet-stream" }),
          document(b, { contentType: "image/png" }),
        ],
      }),
    ],
    [
      "whose documents have strange names",
      (a, b) => ({
        ...BASE,
        documents: [document(a, { filename: "" }), document(b, { filename: '..\\..\\"Réchnung"; x=.docx' })],
      }),
    ],
    [
      "whose documents have other bytes before their signature",
      (a, b) => ({
        ...BASE,
        documents: [Buffer.concat([Buffer.alloc(1_000, "x"), a]), Buffer.concat([Buffer.from("\ufeff"), b])].map((it) =>
          document(it),
        ),
      }),
    ],
    [
      "whose subject, text and html are in other charsets than they say, and in large",
      (a, b) => ({
        ...BASE,
        documents: [document(a), document(b)],
        fields: {
          subject: Buffer.from("Gr\xfc\xdfe", "latin1"),
          text: Buffer.alloc(2 * MIB, 0x81),
          charsets: '{"subject":"cp850","text":"windows-1252","html":"no-such-charset","envelope":"utf-8"}',
        },
      }),
    ],
    [
      "whose envelope is in the charset that it names",
      (a, b) => ({
        ...BASE,
        documents: [document(a), document(b)],
        fields: {
          envelope: Buffer.from('{"to":["m\xfcller@else.example","in@acme.example"],"from":"x"}', "latin1"),
          charsets: '{"envelope":"iso-8859-1"}',
        },
      }),
    ],
    [
      "with verdicts that are no JSON",
      (a, b) => ({
        ...BASE,
        documents: [document(a), document(b)],
        fields: { dkim: "{@a.com : pass, @b.com : temperror}", SPF: "softfail", spam_score: "4.2", spam_report: "x" },
      }),
    ],
    [
      "with a null sender, as bounces have",
      (a, b) => ({ ...BASE, envelope: { from: "" }, documents: [document(a), document(b)] }),
    ],
    [
      "with what damaged notes would say about its files",
      (a, b) => ({
        ...BASE,
        documents: [document(a), document(b)],
        fields: { "attachment-info": "{", "content-ids": "[]", charsets: "null", attachments: "many" },
      }),
    ],
    [
      "that was forwarded as an attachment, and holds a document beside",
      (a, b) => ({
        ...BASE,
        documents: [
          {
            filename: "Fwd.eml",
            contentType: "message/rfc822",
            bytes: Buffer.from(forwarded(a).split("\r\n\r\n").slice(1).join("\r\n\r\n"), "latin1"),
          },
          document(b),
        ],
      }),
    ],
  ])("%s", async (_name, mail) => {
    const [first, second] = [aDocument(), aDocument()];
    const { body } = buildMail(mail(first, second));
    const answer = await post(body);
    expect(answer).toMatchObject({
      status: 200,
      body: { status: "processed", documents: [{ status: "delivered" }, { status: "delivered" }] },
    });
    const expected = [first, second].map((bytes) => bytes.subarray(bytes.indexOf("%PDF")).toString("hex"));
    expect(read.map((bytes) => bytes.subarray(bytes.indexOf("%PDF")).toString("hex")).sort()).toEqual(expected.sort());
  });

  it.each([
    "headers",
    "dkim",
    "content-ids",
    "to",
    "cc",
    "from",
    "subject",
    "text",
    "html",
    "sender_ip",
    "spam_report",
    "spam_score",
    "attachments",
    "attachment-info",
    "charsets",
    "SPF",
  ])("without the field %s", async (field) => {
    const bytes = aDocument();
    const { body } = buildMail({ ...BASE, documents: [document(bytes)], fields: { [field]: undefined } });
    expect(await post(body)).toMatchObject({ status: 200, body: { documents: [{ status: "delivered" }] } });
    expect(read).toEqual([bytes]);
  });

  it("without an envelope: as nobody's, on record, and not dropped with a 4xx", async () => {
    const { body } = buildMail({ ...BASE, documents: [document(aDocument())], fields: { envelope: undefined } });
    expect(await post(body)).toMatchObject({ status: 200, body: { status: "unroutable" } });
  });

  it("of 30 MB, most of it text", async () => {
    const bytes = aDocument();
    const { body } = buildMail({
      ...BASE,
      documents: [document(bytes)],
      fields: { html: Buffer.alloc(30 * MIB, "x") },
    });
    expect(await post(body)).toMatchObject({ status: 200, body: { documents: [{ status: "delivered" }] } });
    expect(read).toEqual([bytes]);
  });
});

describe("SendGrid's raw mode: a mail is understood", () => {
  it.each<[string, (first: Buffer) => string]>([
    [
      "with a document in base64",
      (a) => `Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(a)}\r\n`,
    ],
    [
      "with 8-bit bytes in it",
      (a) =>
        `Content-Type: application/pdf; name=R\xe9chnung.pdf\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${a.toString("latin1")}\r\n`,
    ],
    ["with a forwarded message", forwarded],
    [
      "with a forwarded message that only its name tells",
      (a) => forwarded(a).replace("message/rfc822", "application/octet-stream"),
    ],
    [
      "with a forward of a forward",
      (a) =>
        `Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=mid\r\n\r\n--mid\r\n${forwarded(a)}\r\n--mid--\r\n`,
    ],
  ])("%s", async (_name, part) => {
    const bytes = aDocument();
    const message = `Message-ID: <${number}@raw>\r\nSubject: Gr\xfc\xdfe\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\n\r\nSee attachment, %PDF-1.7\r\n--outer\r\n${part(bytes)}--outer--\r\n`;
    const { body } = buildMail({ ...BASE, documents: [], fields: rawMode(Buffer.from(message, "latin1")) });
    expect(await post(body)).toMatchObject({ status: 200, body: { documents: [{ status: "delivered" }] } });
    expect(read).toEqual([bytes]);
  });

  it("has the ids of the same message in the default mode", async () => {
    const bytes = aDocument();
    const { body } = buildMail({ ...BASE, messageId: "<both@modes>", documents: [document(bytes)] });
    const inDefault = await post(body);
    const message = `Message-ID: <both@modes>\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(bytes)}\r\n`;
    const inRaw = await post(buildMail({ ...BASE, documents: [], fields: rawMode(Buffer.from(message)) }).body);
    expect(inRaw.body).toMatchObject({ documents: [{ status: "duplicate" }] });
    const idsOf = ({ body: answer }: { body: unknown }) => JSON.stringify(answer).match(/[0-9a-f-]{36}/g);
    expect(idsOf(inRaw)).toEqual(idsOf(inDefault));
  });
});

describe.skipIf(!existsSync(CORPUS))("SendGrid's own samples (skipped where they are absent)", () => {
  const sample = (name: string) => {
    const lines = readFileSync(path.join(CORPUS, name), "latin1").replace(/\r?\n/g, "\r\n");
    return Buffer.from(lines, "latin1");
  };

  it.each([
    // The first two have no attachment, the third a picture.
    ["default_data.txt", 200, { status: "ignored", documents: [] }],
    ["raw_data.txt", 200, { status: "ignored", documents: [] }],
    ["python_raw_data_with_attachments.txt", 200, { status: "ignored", documents: [{ code: "document_not_pdf" }] }],
    ["bad_data.txt", 400, { error: "malformed_request" }],
  ])("%s is answered %i", async (name, status, body) => {
    expect(await post(sample(name))).toMatchObject({ status, body });
  });
});
