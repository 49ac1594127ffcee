import { deflateSync } from "node:zlib";
import { assemblePdf, PAGE, PAGES, type PdfObject } from "@flowstate/local/fixtures/assemble-pdf.ts";
import { eInvoicePdf, sampleInvoice } from "@flowstate/local/fixtures/e-invoice.ts";
import { renderCii } from "@flowstate/local/fixtures/e-invoice-cii.ts";
import { withoutEmbeddedFiles, withoutFileList } from "@flowstate/local/fixtures/embedded-files.ts";
import { encryptedPdf } from "@flowstate/local/fixtures/hostile-pdfs.ts";
import { describe, expect, it } from "vitest";
import { associatedFiles } from "./associated-files.ts";

// Real: everything. Documents are written by pdf-lib, or object by object here.

const XML = renderCii(sampleInvoice());

function filesIn(pdf: Uint8Array): readonly (readonly [string, string | undefined])[] {
  const bytes = Buffer.from(new SharedArrayBuffer(pdf.byteLength));
  bytes.set(pdf);
  return associatedFiles(bytes).map(({ name, read }) => [name, decoded(read())]);
}

function decoded(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
}

const SPECIFICATION = "<< /Type /Filespec /F (factur-x.xml) /EF << /F 5 0 R >> >>";
const DATA: PdfObject = { dictionary: "/Type /EmbeddedFile", stream: Buffer.from("<a/>") };

/** A document whose catalog has this `/AF`; the objects from number 4 are the test's own. */
function documentWith(associated: string, more: readonly PdfObject[] = [SPECIFICATION, DATA], trailer = ""): Buffer {
  return assemblePdf([`<< /Type /Catalog /Pages 2 0 R /AF ${associated} >>`, PAGES, PAGE, ...more], trailer);
}

describe("the files that a catalog's /AF names", () => {
  it.each([false, true])(
    "are read from what another library writes, in object streams: %s",
    async (useObjectStreams) => {
      const pdf = await withoutFileList(await eInvoicePdf(), { useObjectStreams });
      expect(pdf.includes("/Filespec")).toBe(!useObjectStreams);
      expect(filesIn(pdf)).toEqual([["factur-x.xml", XML]]);
    },
  );

  it.each([
    ["an array of references", "[4 0 R]"],
    ["a reference", "4 0 R"],
    ["a file specification", SPECIFICATION],
    ["an array within comments and white space", "%[\r [%]\n\t4  0\nR]"],
  ])("may be %s", (_what, associated) => {
    expect(filesIn(documentWith(associated))).toEqual([["factur-x.xml", "<a/>"]]);
  });

  it("may be named in UTF-16, and in names with numbers for letters", () => {
    const name = Buffer.from("\ufeffRechnung.xml", "utf16le").swap16().toString("hex");
    const specification = `<< /Type /Filespec /#55F <${name}> /F (other.xml) /E#46 << /F 5 0 R >> >>`;
    expect(filesIn(documentWith("[4 0 R]", [specification, DATA]))).toEqual([["Rechnung.xml", "<a/>"]]);
  });

  it("are unfolded, whatever their length is said to be", () => {
    const stream = deflateSync(Buffer.from("<folded/>"));
    const folded = (length?: number): PdfObject => ({
      dictionary: "/Filter [/FlateDecode]",
      stream,
      ...(length !== undefined && { length }),
    });
    for (const length of [undefined, 1, 2_147_483_648]) {
      expect(filesIn(documentWith("[4 0 R]", [SPECIFICATION, folded(length)]))).toEqual([
        ["factur-x.xml", "<folded/>"],
      ]);
    }
  });

  it("are those of the last version of a document", () => {
    const newer = "5 0 obj\n<< /Length 4 >>\nstream\n<b/>\nendstream\nendobj\n";
    const pdf = Buffer.concat([documentWith("[4 0 R]"), Buffer.from(newer)]);
    expect(filesIn(pdf)).toEqual([["factur-x.xml", "<b/>"]]);
  });

  it.each([
    ["is missing", SPECIFICATION.replace("5 0 R", "9 0 R"), DATA],
    ["is folded in another way", SPECIFICATION, { dictionary: "/Filter /LZWDecode", stream: Buffer.from("<a/>") }],
    ["is damaged", SPECIFICATION, { dictionary: "/Filter /FlateDecode", stream: Buffer.from("<a/>") }],
    [
      "is too large",
      SPECIFICATION,
      { dictionary: "/Filter /FlateDecode", stream: deflateSync(Buffer.alloc(17 << 20)) },
    ],
    ["is no stream", SPECIFICATION, "<< /Length 4 >>"],
  ] as const)("are named and not read when the data %s", (_why, ...objects) => {
    expect(filesIn(documentWith("[4 0 R]", objects))).toEqual([["factur-x.xml", undefined]]);
  });

  it.each([
    ["there are none", async () => await withoutEmbeddedFiles(await eInvoicePdf())],
    ["it refers to itself", async () => documentWith("4 0 R", ["4 0 R"])],
    ["it never ends", async () => documentWith("[".repeat(100_000))],
    ["it is cut off", async () => documentWith("[4 0 R]").subarray(0, 60)],
    ["the document is encrypted", encryptedPdf],
    ["it is no document", async () => Buffer.from("/Root 1 0 R 1 0 obj")],
  ])("are none when %s", async (_when, make) => {
    expect(filesIn(await make())).toEqual([]);
  });
});
