// Real: the reading of header lines. Doubled: nothing.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MultipartError } from "./multipart-error.ts";
import { parsePartHead } from "./part-head.ts";

const read = (...lines: string[]) => {
  const head = parsePartHead(Buffer.from(lines.map((line) => `${line}\r\n`).join(""), "latin1"));
  return {
    name: head.name.toString("latin1"),
    filename: head.filename?.toString("latin1"),
    contentType: head.contentType.toString("latin1"),
    encoding: head.encoding,
  };
};
const named = (parameters: string) => read(`Content-Disposition: form-data${parameters}`);

describe("a part's header", () => {
  it("says its name, its file name, its type and its transfer encoding", () => {
    expect(
      read(
        'content-DISPOSITION:form-data; name="n"; filename="f"',
        "Content-Type: \t Text/Plain; charset=x \t",
        "Content-Transfer-Encoding: BASE64",
      ),
    ).toEqual({ name: "n", filename: "f", contentType: "Text/Plain; charset=x", encoding: "base64" });
  });

  it("need say no more than its name", () => {
    expect(named("; name=n")).toEqual({ name: "n", filename: undefined, contentType: "", encoding: "identity" });
  });

  it.each<[string, string, string | undefined]>([
    ['; filename="f"; name="n"', "n", "f"],
    [";name=n;filename=f", "n", "f"],
    ['; name = "n" ; ; filename\t=\tf ;', "n", "f"],
    ['; NAME="n"; FileName="f"', "n", "f"],
    ['; name=""; filename=""', "", ""],
    ["; name=; filename=", "", ""],
    ["; name=n; filename=my file.pdf ", "n", "my file.pdf"],
    ['; name="a;b\\"c\\\\d"; filename="; name=x"', 'a;b"c\\d', "; name=x"],
    ['; name="n"; filename="C:\\temp\\new.pdf"', "n", "C:\\temp\\new.pdf"],
    ['; name="n"; filename="C:\\temp\\"', "n", "C:\\temp\\"],
    ['; name="n"; filename="the "best" one.pdf"', "n", 'the "best" one.pdf'],
    ['; name="n"; filename="%22%0D%0A"', "n", "%22%0D%0A"],
    ['; name="n"; filename="\x1b$B@A5a=q\x1b(B.pdf"', "n", "\x1b$B@A5a=q\x1b(B.pdf"],
    ['; name="n"; filename="caf\xe9\x95\\.pdf"', "n", "caf\xe9\x95\\.pdf"],
    ["; name=n; filename*=utf-8''a%20b", "n", "utf-8''a%20b"],
    ["; name=n; filename*=utf-8''a%20b; filename=c", "n", "c"],
    ["; name=n; x=y; __proto__=z; constructor=f", "n", undefined],
  ])("form-data%s names the part", (parameters, name, filename) => {
    expect(named(parameters)).toMatchObject({ name, filename });
  });

  it("may be folded", () => {
    expect(read("Content-Disposition: form-data;", ' name="n";', '\tfilename="f"', "X: y")).toMatchObject({
      name: "n",
      filename: "f",
    });
  });

  it("may have other fields, whatever they are called", () => {
    const others = ["__proto__: a", "constructor: b", "other!#$%&'*+-.^_`|~: c", "Content-Length: 6", "x:"];
    expect(read(...others, "Content-Disposition: form-data; name=n", ...others)).toMatchObject({ name: "n" });
  });

  it.each([
    ["has no disposition", ["Content-Type: text/plain"]],
    ["is another disposition", ["Content-Disposition: attachment; name=n"]],
    ["has no name", ["Content-Disposition: form-data; filename=f"]],
    ["has two names", ["Content-Disposition: form-data; name=n; name=m"]],
    ["has two file names", ['Content-Disposition: form-data; name=n; filename="x"; filename="y"']],
    ["has two dispositions", ["Content-Disposition: form-data; name=n", "Content-Disposition: form-data; name=m"]],
    ["has two types", ["Content-Disposition: form-data; name=n", "Content-Type: a/b", "content-type: a/c"]],
    [
      "has two encodings",
      ["Content-Disposition: form-data; name=n", ...Array(2).fill("Content-Transfer-Encoding: 7bit")],
    ],
    ["has a quote that does not end", ['Content-Disposition: form-data; name="n']],
    ["has a parameter without a value", ["Content-Disposition: form-data; name"]],
    ["has a value without a name", ["Content-Disposition: form-data; name=n; =m"]],
    ["has no semicolon", ["Content-Disposition: form-data xname=n"]],
    ["has something behind a quoted name", ['Content-Disposition: form-data; name="n"; filename="f" x']],
    ["begins with folding", [" x", "Content-Disposition: form-data; name=n"]],
    ["has a line without a colon", ["Content-Disposition: form-data; name=n", "nothing"]],
    ["has a field without a name", [": x", "Content-Disposition: form-data; name=n"]],
    ["has a blank before a colon", ["Content-Disposition : form-data; name=n"]],
    ["has a sign in a field name that belongs into none", ["Content-Disposition: form-data; name=n", "a<b: c"]],
    ["has an 8-bit field name", ["Content-Disposition: form-data; name=n", "caf\xe9: c"]],
  ])("is malformed when it %s", (_name, lines) => {
    expect(() => read(...lines)).toThrow(new MultipartError("malformed"));
  });

  it("gives names back as they were escaped, whatever is in them", () => {
    const text = fc
      .array(fc.constantFrom('"', "\\", ";", " ", "=", "a", "\xe9", "%22", "'"))
      .map((signs) => signs.join(""));
    fc.assert(
      fc.property(text, text, (name, filename) => {
        const quoted = (value: string) => `"${value.replace(/["\\]/g, "\\$&")}"`;
        expect(named(`; name=${quoted(name)}; filename=${quoted(filename)}`)).toMatchObject({ name, filename });
      }),
      { numRuns: 2_000 },
    );
  });
});
