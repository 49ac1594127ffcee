// Real: the whole module and the collector of documents. Doubled: nothing; messages are written out here.
import { createHash, randomBytes } from "node:crypto";
import { GhostBytes, MemoryBudget } from "@flowstate/ghost";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { DocumentCollector } from "../document-collector.ts";
import type { MimeBound } from "./bounds.ts";
import { type DocumentLimits, findDocuments } from "./find-documents.ts";

const KIB = 1024;
const limits = (some: Partial<DocumentLimits> = {}): DocumentLimits => ({
  maxDocumentBytes: 256 * KIB,
  maxDocuments: 10,
  budget: new MemoryBudget(16 * 1024 * KIB),
  ...some,
});

const pdf = (size: number) => Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(size)]).subarray(0, size);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const bytesOf = (content: GhostBytes) => Buffer.concat([...content.slices(64 * KIB)]);

/** A mail of parts, each with its own header lines and a body that is written as it is, or in base64. */
function mail(...parts: readonly { readonly header: string; readonly body: Buffer | string }[]): Buffer {
  const pieces = parts.map(({ header, body }) => {
    const encoded = /base64/.test(header) && typeof body !== "string" ? lines(body.toString("base64")) : body;
    return Buffer.concat([Buffer.from(`--b\r\n${header}\r\n`), Buffer.from(encoded), Buffer.from("\r\n")]);
  });
  const start = "Message-ID: <1@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
  return Buffer.concat([Buffer.from(start), ...pieces, Buffer.from("--b--\r\n")]);
}
const lines = (text: string) => text.replace(/.{76}/g, "$&\r\n");

const BASE64 = "Content-Transfer-Encoding: base64\r\n";
const QUOTED_PRINTABLE = "Content-Transfer-Encoding: quoted-printable\r\n";

describe("finding the documents of a message", () => {
  it("keeps each byte for byte, with its size and digest", async () => {
    const [first, second] = [pdf(200 * KIB), pdf(3 * KIB)];
    const message = mail(
      { header: "Content-Type: text/plain\r\n", body: "Please find attached." },
      { header: `Content-Type: application/pdf; name="a.pdf"\r\n${BASE64}`, body: first },
      { header: "Content-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\n", body: second },
    );
    using found = await findDocuments(message, limits());
    expect(found.documents.map(({ content }) => sha256(bytesOf(content)))).toEqual([sha256(first), sha256(second)]);
    expect(found.documents).toMatchObject([
      { refusal: undefined, sizeBytes: first.length, digest: createHash("sha256").update(first).digest() },
      { refusal: undefined, sizeBytes: second.length, digest: createHash("sha256").update(second).digest() },
    ]);
    expect(found.headers.toString()).toBe("Message-ID: <1@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n");
    expect(found.exceeded.size).toBe(0);
  });

  const late = Buffer.concat([Buffer.alloc(900, "\n"), pdf(2 * KIB)]);
  it.each<[string, string, Buffer | string, boolean]>([
    ["without a name", "Content-Type: application/pdf\r\n", pdf(100), true],
    ["that is called something else", `Content-Type: image/png; name=x.png\r\n${BASE64}`, pdf(100), true],
    ["as octets", `Content-Type: application/octet-stream\r\n${BASE64}`, pdf(100), true],
    [
      "inline, with a content-id",
      `Content-Type: application/pdf\r\nContent-Disposition: inline\r\nContent-ID: <x>\r\n${BASE64}`,
      pdf(100),
      true,
    ],
    ["without a type", BASE64, pdf(100), true],
    ["that claims to be text", `Content-Type: text/plain\r\n${BASE64}`, pdf(100), true],
    [
      "that claims to be text and begins with a byte order mark",
      "Content-Type: text/plain\r\n",
      "\ufeff \r\n%PDF-1.7",
      true,
    ],
    ["that begins late", `Content-Type: application/pdf\r\n${BASE64}`, late, true],
    [
      "that begins late and is an attached text",
      "Content-Type: text/html\r\nContent-Disposition: attachment\r\n",
      "x%PDF-1.7",
      true,
    ],
    ["in an enclosed message", "Content-Type: message/rfc822\r\n", mail({ header: BASE64, body: pdf(100) }), true],
    [
      "in an encoded enclosed message",
      `Content-Type: message/rfc822\r\n${BASE64}`,
      mail({ header: BASE64, body: pdf(100) }),
      true,
    ],
    ["in quoted-printable", `Content-Type: application/pdf\r\n${QUOTED_PRINTABLE}`, "=25PDF-1.7=\r\n=0a", true],
    ["that claims base64 and is not", `Content-Type: application/pdf\r\n${BASE64}`, "%PDF-1.7\n1 0 obj", true],
    ["in a text that speaks of it", "Content-Type: text/plain\r\n", "Our scanner writes %PDF-1.7", false],
    ["in a text without a type that speaks of it", "", "Our scanner writes %PDF-1.7", false],
    ["in an invitation that speaks of it", "Content-Type: text/calendar; name=x\r\n", "See %PDF-1.7", false],
    ["in a named text that speaks of it", "Content-Type: text/plain; name=x\r\n", "See %PDF-1.7", true],
    ["in a preamble", "Content-Type: multipart/mixed; boundary=c\r\n", "%PDF-1.7\r\n--c--\r\n%PDF-1.7", false],
  ])("sees a PDF %s for what it is", async (_name, header, body, isDocument) => {
    using found = await findDocuments(mail({ header, body }), limits());
    expect(found.documents.length).toBe(isDocument ? 1 : 0);
  });

  it("takes a message that is nothing but a document", async () => {
    const message = Buffer.from("Content-Type: application/pdf\r\n\r\n%PDF-1.7");
    using found = await findDocuments(message, limits());
    expect(found.documents).toMatchObject([{ sizeBytes: 8 }]);
  });

  const tooLate = Buffer.concat([late, late]).subarray(901);
  const png = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), randomBytes(300 * KIB)]);
  const EMPTY = "document_empty";
  const NOT_PDF = "document_not_pdf";
  it.each<[string, string, Buffer | string, readonly string[]]>([
    ["a PDF that is empty", `Content-Type: application/pdf; name=a.pdf\r\n${BASE64}`, "", [EMPTY]],
    ["a PDF of nothing but what is not base64", `Content-Type: application/pdf\r\n${BASE64}`, "!!!!", [EMPTY]],
    ["a PDF that is only called so", "Content-Type: application/pdf; name=a.pdf\r\n", "<html>", [NOT_PDF]],
    ["a PDF that begins too late", `Content-Type: application/pdf\r\n${BASE64}`, tooLate, [NOT_PDF]],
    ["an attached text", "Content-Type: text/plain\r\nContent-Disposition: attachment\r\n", "hello", [NOT_PDF]],
    ["an empty attached text", "Content-Disposition: attachment; filename=x\r\n", "", [EMPTY]],
    ["a picture", `Content-Type: image/png; name=x\r\n${BASE64}`, png, [NOT_PDF]],
    ["a picture that the text shows", `Content-Type: image/png; name=x\r\nContent-ID: <x>\r\n${BASE64}`, png, []],
    ["a signature", `Content-Type: application/pkcs7-signature; name=smime.p7s\r\n${BASE64}`, randomBytes(900), []],
    ["a body text", "Content-Type: text/html\r\n", "<html>", []],
    ["an empty body text", "Content-Type: text/html\r\n", "", []],
    [
      "attachments of an enclosed message",
      "Content-Type: message/rfc822; name=x.eml\r\nContent-Disposition: attachment\r\n",
      mail({ header: "Content-Type: a/b; name=y\r\n", body: "y" }, { header: "", body: "text" }),
      [NOT_PDF],
    ],
  ])("answers for %s", async (_name, header, body, refusals) => {
    const budget = new MemoryBudget(0);
    using found = await findDocuments(mail({ header, body }), limits({ budget }));
    expect(found.documents.map(({ refusal }) => refusal)).toEqual(refusals);
    expect(found.documents.every(({ content }) => content.wiped)).toBe(true);
    expect(found.exceeded.size).toBe(0);
  });

  it("counts and hashes to its end what it refuses", async () => {
    using found = await findDocuments(mail({ header: `Content-Type: a/b; name=x\r\n${BASE64}`, body: png }), limits());
    expect(found.documents).toMatchObject([
      { sizeBytes: png.length, digest: createHash("sha256").update(png).digest() },
    ]);
  });

  it("agrees with the collector on what a document is", async () => {
    const before = fc.oneof(fc.constant(0), fc.integer({ min: 1_000, max: 1_030 }), fc.nat({ max: 3_000 }));
    const type = fc.constantFrom("a/b; name=x", "text/plain; name=x", "application/pdf");
    await fc.assert(
      fc.asyncProperty(before, fc.nat({ max: 3_000 }), type, async (junk, rest, header) => {
        const body = Buffer.concat([Buffer.alloc(junk, "x"), Buffer.from("%PDF-"), Buffer.alloc(rest, "y")]);
        const collector = new DocumentCollector(KIB * KIB);
        collector.take(body);
        const { refusal, sizeBytes, digest } = collector.finish();
        using found = await findDocuments(mail({ header: `Content-Type: ${header}\r\n`, body }), limits());
        expect(found.documents).toMatchObject([{ refusal, sizeBytes, digest }]);
        collector.wipe();
      }),
    );
  });

  it.each([
    ["exactly the limit", 0, undefined],
    ["one byte more", 1, "document_too_large"],
    ["much more", 600 * KIB, "document_too_large"],
  ])("keeps nothing of a document of %s when that is too large", async (_name, more, refusal) => {
    const budget = new MemoryBudget(512 * KIB);
    const document = pdf(256 * KIB + more);
    using found = await findDocuments(mail({ header: BASE64, body: document }), limits({ budget }));
    expect(found.documents).toMatchObject([{ refusal, sizeBytes: document.length }]);
    expect(found.documents[0]?.digest.toString("hex")).toBe(sha256(document));
    expect(found.documents[0]?.content.wiped).toBe(refusal !== undefined);
    expect(budget.reservedBytes).toBe(refusal === undefined ? 256 * KIB : 0);
  });

  it("names the documents that are more than a mail may have", async () => {
    const parts = Array.from({ length: 4 }, () => ({ header: BASE64, body: pdf(100) }));
    using all = await findDocuments(mail(...parts), limits({ maxDocuments: 4 }));
    expect([all.documents.length, [...all.exceeded]]).toEqual([4, []]);
    using some = await findDocuments(mail(...parts), limits({ maxDocuments: 3 }));
    expect([some.documents.length, [...some.exceeded]]).toEqual([3, ["documents"]]);
  });

  it("counts refused attachments among the documents that a mail may have", async () => {
    const parts = [
      { header: "Content-Type: a/b; name=x\r\n", body: "x" },
      { header: BASE64, body: pdf(100) },
    ];
    using found = await findDocuments(mail(...parts), limits({ maxDocuments: 1 }));
    expect(found.documents).toMatchObject([{ refusal: "document_not_pdf" }]);
    expect([...found.exceeded]).toEqual(["documents"]);
  });

  it.each<[MimeBound, Partial<DocumentLimits>, Partial<DocumentLimits>]>([
    ["depth", { maxDepth: 2 }, { maxDepth: 1 }],
    ["parts", { maxParts: 4 }, { maxParts: 3 }],
    ["header_bytes", { maxHeaderBytes: 62 }, { maxHeaderBytes: 61 }],
    ["filename_bytes", { maxFilenameBytes: 11 }, { maxFilenameBytes: 10 }],
  ])("says %s when a message has more than it was told to read", async (bound, enough, tooLittle) => {
    const header = `Content-Type: multipart/mixed; boundary=b; x=${"y".repeat(15)}`;
    const enclosed = "Content-Type: message/rfc822\n\nContent-Type: a/b; name=invoice.pdf\n\nx";
    const message = Buffer.from(`${header}\n\n--b\n\ntext\n--b\n${enclosed}\n--b--`);
    using all = await findDocuments(message, limits(enough));
    expect([...all.exceeded]).toEqual([]);
    using some = await findDocuments(message, limits(tooLittle));
    expect([...some.exceeded]).toEqual([bound]);
  });

  it("names the memory that a document found none of, and gives back what it reserved", async () => {
    const budget = new MemoryBudget(50 * KIB);
    const parts = [30, 30, 10].map((kib) => ({ header: BASE64, body: pdf(kib * KIB) }));
    {
      using found = await findDocuments(mail(...parts), limits({ budget }));
      expect(found.documents.map(({ sizeBytes }) => sizeBytes)).toEqual([30 * KIB, 10 * KIB]);
      expect([...found.exceeded]).toEqual(["memory"]);
      expect(budget.reservedBytes).toBeGreaterThanOrEqual(40 * KIB);
    }
    expect(budget.reservedBytes).toBe(0);
  });

  it("wipes everything when it is disposed, and everything but the documents before", async () => {
    const made = retainGhostBytes();
    const enclosed = mail({ header: BASE64, body: pdf(5 * KIB) }, { header: BASE64, body: pdf(500) });
    const header = `Content-Type: message/rfc822\r\n${BASE64}`;
    const found = await findDocuments(mail({ header: BASE64, body: pdf(KIB) }, { header, body: enclosed }), limits());
    const held = found.documents.map(({ content }) => content);
    expect(held.length).toBe(3);
    expect(made.filter(({ wiped }) => !wiped)).toEqual(held);
    found[Symbol.dispose]();
    expect(made.every(({ wiped }) => wiped)).toBe(true);
  });

  it("wipes everything when it fails", async () => {
    const made = retainGhostBytes();
    const budget = new MemoryBudget(16 * 1024 * KIB);
    const { take } = DocumentCollector.prototype;
    onTestFinished(() => void Object.assign(DocumentCollector.prototype, { take }));
    DocumentCollector.prototype.take = function failing(bytes) {
      take.call(this, bytes);
      if (bytes.includes("fail here")) throw new Error("a bug");
    };
    const parts = [pdf(KIB), Buffer.from("%PDF-fail here")].map((body) => ({ header: BASE64, body }));
    await expect(findDocuments(mail(...parts), limits({ budget }))).rejects.toThrow("a bug");
    expect(made.length).toBeGreaterThanOrEqual(3);
    expect(made.every(({ wiped }) => wiped)).toBe(true);
    expect(budget.reservedBytes).toBe(0);
  });
});

/** Every GhostBytes that is made during a test. */
function retainGhostBytes(): readonly GhostBytes[] {
  const made: GhostBytes[] = [];
  const { growing, taking, withCapacity } = GhostBytes;
  const retained = (bytes: GhostBytes) => {
    made.push(bytes);
    return bytes;
  };
  GhostBytes.growing = () => retained(growing());
  GhostBytes.taking = (source) => retained(taking(source));
  GhostBytes.withCapacity = (capacity) => retained(withCapacity(capacity));
  onTestFinished(() => void Object.assign(GhostBytes, { growing, taking, withCapacity }));
  return made;
}
