import { randomUUID } from "node:crypto";

/**
 * A mail as SendGrid's Inbound Parse posts it in its default mode: multipart/form-data with the boundary xYzZY, CRLF line
 * ends, fields without a content type, files as raw bytes.
 */

const BOUNDARY = "xYzZY";
const CRLF = "\r\n";

interface MailDocument {
  /** As the sender wrote it: may be empty, hold quotes, backslashes or any language. */
  readonly filename: string;
  readonly bytes: Uint8Array;
  /** Default application/pdf. */
  readonly contentType?: string;
  /** Makes it an inline part with this content id, as some mailers do with ordinary PDFs. */
  readonly contentId?: string;
  /** The name of its part, as somebody else than SendGrid might call it. */
  readonly fieldName?: string;
}

export interface Mail {
  /** An address, or `Name <address>`. */
  readonly from: string;
  readonly to: string | readonly string[];
  readonly subject?: string;
  /** With or without angle brackets. Default: a new one for each mail built. */
  readonly messageId?: string;
  readonly text?: string;
  readonly html?: string;
  readonly documents: readonly MailDocument[];
  /** Who the mail was really sent by and to, when that differs from what its header says: forwarding, BCC. */
  readonly envelope?: { readonly from?: string; readonly to?: readonly string[] };
  /** Replaces any field with other text or bytes; undefined leaves it out, an unknown name adds one. */
  readonly fields?: Readonly<Record<string, string | Uint8Array | undefined>>;
  /** Names of parts that come first, in this order; the others follow in SendGrid's usual one. */
  readonly order?: readonly string[];
  /**
   * Spoils the body: `unterminated` ends in the middle of the last part, `garbage` is no multipart at all,
   * `foreign_boundary` announces another boundary than it uses, `no_part_headers` has parts that begin with nothing.
   */
  readonly malformed?: "unterminated" | "garbage" | "foreign_boundary" | "no_part_headers";
}

/** What is posted. */
export interface BuiltMail {
  readonly contentType: string;
  readonly body: Uint8Array;
}

interface Part {
  readonly name: string;
  readonly headers: readonly string[];
  readonly content: Uint8Array;
}

/** Builds the body byte for byte. */
export function buildMail(mail: Mail): BuiltMail {
  const contentType = `multipart/form-data; boundary=${mail.malformed === "foreign_boundary" ? "another" : BOUNDARY}`;
  if (mail.malformed === "garbage") return { contentType, body: Buffer.from("this is no multipart body") };
  const parts = inOrder([...fieldParts(mail), ...mail.documents.map(documentPart)], mail.order ?? []);
  const pieces = parts.flatMap(({ headers, content }) => [
    Buffer.from(`--${BOUNDARY}${CRLF}`),
    Buffer.from(mail.malformed === "no_part_headers" ? "" : headers.join(CRLF) + CRLF + CRLF),
    content,
    Buffer.from(CRLF),
  ]);
  const body = Buffer.concat([...pieces, Buffer.from(`--${BOUNDARY}--${CRLF}`)]);
  const lastContent = parts.at(-1)?.content.byteLength ?? 0;
  const tailBytes = Math.ceil(lastContent / 2) + `${CRLF}--${BOUNDARY}--${CRLF}`.length;
  return {
    contentType,
    body: mail.malformed === "unterminated" ? body.subarray(0, body.byteLength - tailBytes) : body,
  };
}

function fieldParts(mail: Mail): Part[] {
  const fields = { ...defaultFields(mail), ...mail.fields };
  return Object.entries(fields).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [{ name, headers: [disposition(name)], content: typeof value === "string" ? Buffer.from(value) : value }],
  );
}

/** Every field of the default mode, in SendGrid's usual order. */
function defaultFields(mail: Mail): Record<string, string | undefined> {
  const to = typeof mail.to === "string" ? [mail.to] : mail.to;
  const subject = mail.subject ?? "Invoice";
  const contentIds = mail.documents.flatMap(({ contentId }, index) =>
    contentId === undefined ? [] : [[contentId, attachmentName(index)]],
  );
  return {
    headers: headerBlock(mail, to, subject),
    dkim: `{@${domainOf(mail.from)} : pass}`,
    "content-ids": contentIds.length > 0 ? JSON.stringify(Object.fromEntries(contentIds)) : undefined,
    to: to.join(", "),
    from: mail.from,
    subject,
    text: mail.text ?? "Please find our document attached.\n",
    html: mail.html ?? "<p>Please find our document attached.</p>\n",
    sender_ip: "192.0.2.25",
    envelope: JSON.stringify({
      to: (mail.envelope?.to ?? to).map(addressOf),
      from: addressOf(mail.envelope?.from ?? mail.from),
    }),
    attachments: String(mail.documents.length),
    "attachment-info": mail.documents.length > 0 ? attachmentInfo(mail.documents) : undefined,
    charsets: JSON.stringify({ to: "UTF-8", from: "UTF-8", subject: "UTF-8", text: "UTF-8", html: "UTF-8" }),
    SPF: "pass",
  };
}

/** The mail's own header, lines separated by LF, as SendGrid passes it on. */
function headerBlock(mail: Mail, to: readonly string[], subject: string): string {
  const messageId = mail.messageId ?? `${randomUUID()}@${domainOf(mail.from)}`;
  return [
    `Received: from mail.${domainOf(mail.from)} (unknown [192.0.2.25]) by mx.sendgrid.example; ${new Date().toUTCString()}`,
    `From: ${encodedWord(mail.from)}`,
    `To: ${to.map(encodedWord).join(", ")}`,
    `Subject: ${encodedWord(subject)}`,
    `Date: ${new Date().toUTCString()}`,
    `Message-ID: ${messageId.startsWith("<") ? messageId : `<${messageId}>`}`,
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="=-flowstate-example"',
    "",
  ].join("\n");
}

function attachmentInfo(documents: readonly MailDocument[]): string {
  const infos = documents.map(({ filename, contentType, contentId }, index) => [
    attachmentName(index),
    {
      filename,
      name: filename,
      type: contentType ?? "application/pdf",
      ...(contentId !== undefined && { "content-id": contentId }),
    },
  ]);
  return JSON.stringify(Object.fromEntries(infos));
}

function documentPart({ filename, bytes, contentType, fieldName }: MailDocument, index: number): Part {
  const name = fieldName ?? attachmentName(index);
  return {
    name,
    headers: [
      `${disposition(name)}; filename="${quoted(filename)}"`,
      `Content-Type: ${contentType ?? "application/pdf"}`,
    ],
    content: bytes,
  };
}

function attachmentName(index: number): string {
  return `attachment${index + 1}`;
}

function disposition(name: string): string {
  return `Content-Disposition: form-data; name="${name}"`;
}

/** As Go's mime/multipart, which SendGrid's sender is written with, quotes a file name. */
function quoted(filename: string): string {
  return filename.replace(/[\\"]/g, "\\$&").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function inOrder(parts: readonly Part[], order: readonly string[]): Part[] {
  const place = (part: Part) => (order.includes(part.name) ? order.indexOf(part.name) : order.length);
  return parts.toSorted((a, b) => place(a) - place(b));
}

function addressOf(mailbox: string): string {
  return /<([^>]*)>\s*$/.exec(mailbox)?.[1] ?? mailbox;
}

function domainOf(mailbox: string): string {
  return addressOf(mailbox).split("@").at(-1) ?? "";
}

/** RFC 2047: header lines are ASCII. */
function encodedWord(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString("base64")}?=`;
}
