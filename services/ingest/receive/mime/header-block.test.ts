// Real: the reader. Doubled: nothing.
import { processorMsOf } from "@flowstate/local/testing/processor-time.ts";
import { describe, expect, it } from "vitest";
import { MAX_CONTENT_TYPES, MAX_FIELD_BYTES, MAX_HEADER_BYTES } from "./bounds.ts";
import { OpenMultiparts } from "./delimiters.ts";
import { headersOf, readHeaderBlock } from "./header-block.ts";

/** Reads the block at the beginning of `text`, inside a multipart with the boundary `outer`. */
function read(text: string) {
  const source = Buffer.from(text, "latin1");
  const open = new OpenMultiparts();
  open.push({ boundary: Buffer.from("outer"), depth: 0, isDigest: false });
  const block = readHeaderBlock(source, 0, open, MAX_HEADER_BYTES);
  return {
    type: block.contentType?.type.toString("latin1"),
    boundary: block.contentType?.boundary?.toString("latin1"),
    encoding: block.encoding,
    disposition: block.disposition,
    fileName: block.fileName,
    hasContentId: block.hasContentId,
    fields: source.subarray(0, block.end).toString("latin1"),
    body: source.subarray(block.bodyStart).toString("latin1"),
    overlong: block.overlong,
  };
}

/** Of processor time. It is a few; with one look at the rest for each line it is hundreds, or thousands. */
const MAX_COST_MS = 100;

const PDF = { type: "application/pdf", encoding: "base64" };
const FIELDS = "Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n";

describe("a header block", () => {
  it.each([
    ["with LF", `${FIELDS}\nbody`, { ...PDF, body: "body" }],
    ["with CRLF", `${FIELDS}\nbody`.replaceAll("\n", "\r\n"), { ...PDF, body: "body" }],
    [
      "with both",
      "Content-Type: a/b\r\nContent-Transfer-Encoding: base64\n\r\nbody",
      { type: "a/b", encoding: "base64", body: "body" },
    ],
    [
      "that is empty",
      "\nContent-Type: a/b\n\nbody",
      { type: undefined, fields: "", body: "Content-Type: a/b\n\nbody" },
    ],
    [
      "in any case, with white space before the colon",
      "CONTENT-TYPE : a/b\ncontent-Transfer-encoding\t:BASE64\n\nx",
      { type: "a/b", encoding: "base64" },
    ],
    ["with an encoding in quotes", 'Content-Transfer-Encoding: "base64"; x\n\nx', { encoding: "base64" }],
    ["with an encoding that nobody knows", "Content-Transfer-Encoding: x-uuencode\n\nx", { encoding: "identity" }],
    [
      "with folded fields",
      "Content-Type:\n\tmultipart/mixed;\n boundary=b\nContent-Transfer-Encoding:\n base64\n\nx",
      { type: "multipart/mixed", boundary: "b", encoding: "base64" },
    ],
    [
      "folded without white space",
      'Content-Type: multipart/mixed;\nboundary="b:c"\nX: y\n\nx',
      { boundary: "b:c", body: "x" },
    ],
    ["that ends with the message", "Content-Type: a/b", { type: "a/b", body: "" }],
    ["that ends with the message after a line end", "Content-Type: a/b\n", { type: "a/b", body: "" }],
    [
      "cut short by the delimiter of a multipart around it",
      "Content-Type: a/b\n--outer\n\nx",
      { type: "a/b", body: "--outer\n\nx" },
    ],
    [
      "cut short by its own delimiter",
      "Content-Type: multipart/mixed; boundary=b\nX: y\n--b\n\nx",
      { boundary: "b", body: "--b\n\nx" },
    ],
    ["with a line of dashes that is no delimiter", `X: y\n--other: z\n${FIELDS}\nbody`, { ...PDF, body: "body" }],
    [
      "that runs into base64",
      `${FIELDS}JVBERi0x\nAAAA\n\nBBBB`,
      { ...PDF, fields: FIELDS, body: "JVBERi0x\nAAAA\n\nBBBB" },
    ],
    [
      "that runs into text",
      "Content-Type: text/plain\nHello,\nworld\n\nx",
      { type: "text/plain", body: "Hello,\nworld\n\nx" },
    ],
    ["with a line in it that is no field", `X: y\nnot a field\n${FIELDS}\nbody`, { ...PDF, body: "body" }],
    [
      "with a last line that is no field, before base64",
      `${FIELDS}a name, perhaps\n\nJVBERi0x`,
      { ...PDF, body: "JVBERi0x" },
    ],
    [
      "that begins as in a mailbox file",
      `From a@b Thu Jan  1 00:00:00 1970\n${FIELDS}\nbody`,
      { ...PDF, body: "body" },
    ],
    [
      "that begins as in a quoted mailbox file",
      `>From a@b Thu Jan  1 00:00:00 1970\n${FIELDS}\nbody`,
      { ...PDF, body: "body" },
    ],
    ["that does not begin with a field", "not a field\nX: y", { fields: "not a field\nX: y", body: "" }],
    ["of no fields at all", "just text\nand more", { fields: "", body: "just text\nand more" }],
    ["of no fields, indented", " just text\n and more", { fields: "", body: " just text\n and more" }],
    ["of nothing", "", { fields: "", body: "" }],
    ["with two types", "Content-Type: a/b\nContent-Type: c/d\n\nx", { type: "a/b" }],
    [
      "with two types, the second a multipart",
      "Content-Type: a/b\nContent-Type: multipart/mixed; boundary=b\n\nx",
      { type: "multipart/mixed", boundary: "b" },
    ],
    [
      "with two types, the first a multipart",
      "Content-Type: multipart/mixed; boundary=b\nContent-Type: a/b\n\nx",
      { type: "multipart/mixed", boundary: "b" },
    ],
    [
      "with two encodings",
      "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\nx",
      { encoding: "base64" },
    ],
    ["with an attachment", 'Content-Disposition:\n ATTACHMENT; filename="x"\n\nx', { disposition: "attachment" }],
    ["with something inline", "Content-Disposition: inline\n\nx", { disposition: "other" }],
    ["with an empty disposition", "Content-Disposition: ;\n filename=x\n\nx", { disposition: "other" }],
    [
      "with fields whose names only begin so",
      "Content-Types: a/b\nX-Content-Type: c/d\nContent-IDs: x\nContent-Disposition-X: attachment; filename=a\n\nx",
      { type: undefined, disposition: undefined, fileName: undefined, hasContentId: false },
    ],
    ["with a content-id", "content-id: <x>\n\nx", { hasContentId: true }],
    ["with a name", 'Content-Type: a/b; name="a.pdf"\n\nx', { fileName: { bytes: 5, endsInPdf: true } }],
    [
      "with a file name",
      "Content-Disposition: inline;\r\n filename=a.png\r\n\r\nx",
      { disposition: "other", fileName: { bytes: 5, endsInPdf: false } },
    ],
    [
      "with two names",
      "Content-Type: a/b; name=a.pdf\nContent-Disposition: attachment; filename=longer.png\n\nx",
      { fileName: { bytes: 10, endsInPdf: true } },
    ],
    [
      "with two dispositions",
      "Content-Disposition: inline; filename=a.png\nContent-Disposition: attachment; filename=longer.pdf\n\nx",
      { disposition: "other", fileName: { bytes: 5, endsInPdf: false } },
    ],
    [
      "with the parameters of other fields",
      "Content-Type: a/b; filename=a\nContent-Disposition: attachment; name=b\nContent-Location: c; name=d\n\nx",
      { fileName: undefined },
    ],
  ])("%s is read", (_name, text, expected) => {
    expect(read(text)).toMatchObject({ overlong: false, ...expected });
  });

  it("is read up to a bound, which it names", () => {
    const line = `X: ${"y".repeat(60)}\n`;
    const long = line.repeat(Math.ceil(MAX_HEADER_BYTES / line.length));
    expect(read(`${FIELDS}${long}${line}\nbody`)).toMatchObject({ ...PDF, overlong: true });
    expect(read(`${long}${FIELDS}\nbody`)).toMatchObject({ type: undefined, overlong: true });
  });

  it("is not too long because a long body follows without a blank line", () => {
    const body = "QUJD\n".repeat(MAX_HEADER_BYTES / 4);
    expect(read(`${FIELDS}${body}`)).toMatchObject({ ...PDF, fields: FIELDS, body, overlong: false });
  });

  it("is not read for ever more types, nor through one that is endless, and says so", () => {
    const types = "Content-Type: a/b\n".repeat(MAX_CONTENT_TYPES);
    expect(read(`${types}\nx`)).toMatchObject({ type: "a/b", overlong: false });
    const multipart = "Content-Type: multipart/mixed; boundary=b\n";
    expect(read(`${types}${multipart}\nx`)).toMatchObject({ type: "a/b", overlong: true });
    expect(read(`${multipart}${types}\nx`)).toMatchObject({ boundary: "b", overlong: false });
    const long = "y".repeat(MAX_FIELD_BYTES);
    const endless = `Content-Type: multipart/mixed; x="${long}"; boundary=b\n`;
    expect(read(`${endless}\nx`)).toMatchObject({ type: "multipart/mixed", boundary: undefined, overlong: true });
    const endlessDisposition = `Content-Disposition: inline; x="${long}"; filename=a\n`;
    expect(read(`${endlessDisposition}\nx`)).toMatchObject({ fileName: undefined, overlong: true });
  });

  it("costs one look at each byte, whatever its lines are", async () => {
    for (const line of [
      "a\n",
      "a:\n",
      " \n",
      "--outer2\n",
      "Content-Type: multipart/mixed;\n",
      "Content-Type: x;\na\n",
      "Content-Disposition: a; filename==?a?b?QQ==?=\n",
      `${"a".repeat(300)}\n`,
    ]) {
      const text = line.repeat(Math.ceil(MAX_HEADER_BYTES / line.length));
      expect(await processorMsOf(() => read(text))).toBeLessThan(MAX_COST_MS);
    }
  });
});

describe("the headers of a message", () => {
  it.each([
    ["without the blank line", "Message-ID: <1@x>\r\nTo: y\r\n\r\nbody", "Message-ID: <1@x>\r\nTo: y\r\n"],
    ["after blank lines", "\r\n\nMessage-ID: <1@x>\r\n\r\nbody", "Message-ID: <1@x>\r\n"],
    ["that is nothing but headers", "Message-ID: <1@x>", "Message-ID: <1@x>"],
    ["that has none", "\r\nbody", ""],
  ])("%s are a view", (_name, text, headers) => {
    const message = Buffer.from(text, "latin1");
    const view = headersOf(message, MAX_HEADER_BYTES);
    expect(view.toString("latin1")).toBe(headers);
    expect(view.buffer).toBe(message.buffer);
  });
});
