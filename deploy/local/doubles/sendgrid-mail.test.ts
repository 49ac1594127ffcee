import { describe, expect, it } from "vitest";
import { buildMail, type Mail } from "./sendgrid-mail.ts";

// Pure. The bytes are read back by undici's strict multipart parser, which knows nothing of this builder.

const PDF = Buffer.from("%PDF-1.7\n\x00\xff\r\n--xYzZ almost a boundary\r\n%%EOF", "latin1");
const MAIL: Mail = {
  from: "Supplier Ltd <billing@supplier.example>",
  to: "in@acme.example",
  subject: "Invoice 4711",
  messageId: "4711@supplier.example",
  documents: [{ filename: "invoice.pdf", bytes: PDF }],
};

function parse(mail: Mail): Promise<FormData> {
  const { contentType, body } = buildMail(mail);
  return new Response(Buffer.from(body), { headers: { "content-type": contentType } }).formData();
}

async function bytesOf(form: FormData, name: string): Promise<Buffer> {
  const value = form.get(name);
  if (value === null || typeof value === "string") throw new Error(`${name} is no file`);
  return Buffer.from(await value.arrayBuffer());
}

function partNames(mail: Mail): string[] {
  return [
    ...Buffer.from(buildMail(mail).body)
      .toString("latin1")
      .matchAll(/; name="([^"]*)"/g),
  ].map(([, name]) => name ?? "");
}

describe("buildMail", () => {
  it("writes a body byte for byte as SendGrid does", () => {
    const { contentType, body } = buildMail({ ...MAIL, fields: { headers: "H" }, order: ["SPF", "attachment1"] });
    expect(contentType).toBe("multipart/form-data; boundary=xYzZY");
    const latin1 = Buffer.from(body).toString("latin1");
    expect(latin1.startsWith('--xYzZY\r\nContent-Disposition: form-data; name="SPF"\r\n\r\npass\r\n--xYzZY\r\n')).toBe(
      true,
    );
    expect(latin1).toContain(
      'Content-Disposition: form-data; name="attachment1"; filename="invoice.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF-',
    );
    expect(latin1.endsWith("\r\n--xYzZY--\r\n")).toBe(true);
  });

  it("has every field of the default mode", async () => {
    const form = await parse(MAIL);
    expect([...form.keys()]).toEqual([
      "headers",
      "dkim",
      "to",
      "from",
      "subject",
      "text",
      "html",
      "sender_ip",
      "envelope",
      "attachments",
      "attachment-info",
      "charsets",
      "SPF",
      "attachment1",
    ]);
    expect(form.get("headers")).toContain("\nMessage-ID: <4711@supplier.example>\n");
    expect(form.get("dkim")).toBe("{@supplier.example : pass}");
    expect(form.get("attachments")).toBe("1");
    expect(JSON.parse(String(form.get("envelope")))).toEqual({
      to: ["in@acme.example"],
      from: "billing@supplier.example",
    });
    expect(JSON.parse(String(form.get("attachment-info")))).toEqual({
      attachment1: { filename: "invoice.pdf", name: "invoice.pdf", type: "application/pdf" },
    });
    expect(JSON.parse(String(form.get("charsets")))).toMatchObject({ subject: "UTF-8", text: "UTF-8" });
  });

  it("carries the documents as they are", async () => {
    const second = Buffer.alloc(100_000, 0xa5);
    const form = await parse({ ...MAIL, documents: [...MAIL.documents, { filename: "b.pdf", bytes: second }] });
    expect(await bytesOf(form, "attachment1")).toEqual(PDF);
    expect(await bytesOf(form, "attachment2")).toEqual(second);
    expect(form.get("attachments")).toBe("2");
  });

  it("puts parts in the order asked for and keeps SendGrid's for the rest", () => {
    const documents = [...MAIL.documents, ...MAIL.documents];
    const names = partNames({ ...MAIL, documents, order: ["attachment2", "attachment1", "envelope"] });
    expect(names.slice(0, 5)).toEqual(["attachment2", "attachment1", "envelope", "headers", "dkim"]);
    expect(names.at(-1)).toBe("SPF");
  });

  it("replaces, leaves out and adds fields, bytes in any charset included", () => {
    const subject = Buffer.from([0x52, 0xe9]);
    const fields = { subject, charsets: '{"subject":"iso-8859-1"}', dkim: undefined, spam_score: "0.1" };
    const body = Buffer.from(buildMail({ ...MAIL, fields }).body);
    expect(body.includes(Buffer.concat([Buffer.from('name="subject"\r\n\r\n'), subject, Buffer.from("\r\n")]))).toBe(
      true,
    );
    expect(partNames({ ...MAIL, fields })).not.toContain("dkim");
    expect(partNames({ ...MAIL, fields })).toContain("spam_score");
  });

  it("tells the envelope apart from the header", async () => {
    const form = await parse({
      ...MAIL,
      envelope: { to: ["x+1@acme.example", "y@acme.example"], from: "bounce@supplier.example" },
    });
    expect(form.get("to")).toBe("in@acme.example");
    expect(JSON.parse(String(form.get("envelope")))).toEqual({
      to: ["x+1@acme.example", "y@acme.example"],
      from: "bounce@supplier.example",
    });
  });

  it("lists content ids of inline documents", async () => {
    const form = await parse({ ...MAIL, documents: [{ filename: "a.pdf", bytes: PDF, contentId: "ii_1" }] });
    expect(form.get("content-ids")).toBe('{"ii_1":"attachment1"}');
    expect(JSON.parse(String(form.get("attachment-info")))).toMatchObject({ attachment1: { "content-id": "ii_1" } });
  });

  it("quotes file names so that they cannot end their header", () => {
    const filename = 'a"b\\c\r\nX-Evil: 1.pdf';
    const body = Buffer.from(buildMail({ ...MAIL, documents: [{ filename, bytes: PDF }] }).body).toString("latin1");
    expect(body).toContain('filename="a\\"b\\\\c%0D%0AX-Evil: 1.pdf"\r\n');
  });

  it("writes non-ASCII subjects as UTF-8 in the field and as encoded words in the header", async () => {
    const form = await parse({ ...MAIL, subject: "Rechnung für Müller" });
    expect(form.get("subject")).toBe("Rechnung für Müller");
    expect(form.get("headers")).toMatch(/\nSubject: =\?UTF-8\?B\?[A-Za-z0-9+/=]+\?=\n/);
  });

  it("makes a message id of its own for each mail without one", async () => {
    const { messageId: _given, ...without } = MAIL;
    const ids = await Promise.all(
      [0, 1].map(
        async () => /^Message-ID: <(.+@supplier\.example)>$/m.exec(String((await parse(without)).get("headers")))?.[1],
      ),
    );
    expect(ids[0]).toMatch(/@/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it("has neither attachments nor their info when the mail has no document", async () => {
    const form = await parse({ ...MAIL, documents: [] });
    expect(form.get("attachments")).toBe("0");
    expect(form.has("attachment-info")).toBe(false);
  });

  it.each(["unterminated", "garbage", "foreign_boundary", "no_part_headers"] as const)(
    "can be spoiled so that no parser accepts it: %s",
    async (malformed) => {
      await expect(parse({ ...MAIL, malformed })).rejects.toThrow();
    },
  );
});
