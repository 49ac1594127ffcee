// Real: the reader and the decoders below it. Doubled: nothing.
import { describe, expect, it, onTestFinished } from "vitest";
import { ascii } from "./ascii.ts";
import { fileNameIn, fileNameOf } from "./file-name.ts";

const FILENAME = ascii("filename");
const percent = (text: string) => Buffer.from(text).toString("hex").replace(/../g, "%$&");

describe("the name that a field gives", () => {
  it.each<[string, string, number | undefined, boolean]>([
    ["plain", " attachment; filename=a.pdf", 5, true],
    ["in quotes", ' attachment; filename="a b.PDF"\r\n', 7, true],
    ["with escapes", ' attachment; filename="a\\"\\\\.pdf"', 7, true],
    ["with white space at its end", ' attachment; filename="a.pdf  "', 5, true],
    ["folded", ' attachment;\r\n\tfilename="a\r\n .pdf"', 6, true],
    ["with 8-bit characters", ' attachment; filename="\xe4.pdf"', 5, true],
    ["of something else", " attachment; filename=a.pdf.exe", 9, false],
    ["that is the ending only", " attachment; filename=.pdf", 4, true],
    ["that is less than the ending", " attachment; filename=pdf", 3, false],
    ["in an encoded word", ' attachment; filename="=?utf-8?B?w6QucGRm?="', 6, true],
    ["in encoded words", ' attachment; filename="=?utf-8?Q?a=2Ep?=\r\n =?utf-8?Q?df?="', 5, true],
    ["encoded (RFC 2231)", ` attachment; filename*=utf-8'de'${percent("ä.pdf")}`, 6, true],
    ["in sections", ' attachment; filename*0="a.p"; filename*1="df"', 5, true],
    ["in encoded sections", " attachment; filename*0*=utf-8''a%2E; filename*1*=p%64f", 5, true],
    ["in two forms", " attachment; filename=x; filename*=utf-8''a.pdf", 5, true],
    ["in two forms, the old one longer", " attachment; filename=a.pdf.zip; filename*=utf-8''a.pdf", 9, true],
    ["that is none", " attachment", undefined, false],
    ["that is empty", ' attachment; filename=""', undefined, false],
    ["that is blank", ' attachment; filename="  "', undefined, false],
    ["that is empty in an encoded word", ' attachment; filename="=?utf-8?Q??="', undefined, false],
    ["of another parameter", " attachment; xfilename=a; filenames=b", undefined, false],
  ])("%s is known", (_name, field, bytes, endsInPdf) => {
    const expected = bytes === undefined ? undefined : { bytes, endsInPdf, endsInEml: false };
    expect(fileNameIn(Buffer.from(field, "latin1"), FILENAME)).toEqual(expected);
  });

  it("leaves no copy behind", () => {
    const copies: Buffer[] = [];
    const { alloc } = Buffer;
    onTestFinished(() => void Object.assign(Buffer, { alloc }));
    Buffer.alloc = (size: number) => {
      const made = alloc(size);
      copies.push(made);
      return made;
    };
    const word = "=?utf-8?Q?canary?=";
    fileNameIn(Buffer.from(` attachment; filename="${word}"; filename*=''canary; filename*0=canary`), FILENAME);
    expect(copies.some(({ length }) => length >= word.length)).toBe(true);
    expect(copies.every((copy) => copy.every((byte) => byte === 0))).toBe(true);
  });

  it("is left as it was", () => {
    const field = Buffer.from(' attachment; filename="=?utf-8?Q?a?=.pdf"');
    const before = Buffer.from(field);
    fileNameIn(field, FILENAME);
    expect(field).toEqual(before);
    const name = Buffer.from("a.pdf");
    expect(fileNameOf(name)).toEqual({ bytes: 5, endsInPdf: true, endsInEml: false });
    expect(name).toEqual(Buffer.from("a.pdf"));
  });
});
