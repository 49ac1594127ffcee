// Real: the writing of records. Doubled: nothing.
import { describe, expect, it } from "vitest";
import { csvRecord } from "./csv.ts";

describe("a CSV record", () => {
  it("ends as RFC 4180 has it, and leaves empty what is not known", () => {
    expect(csvRecord(["a", null, 0, "b"])).toBe("a,,0,b\r\n");
  });

  it.each([
    ["a comma", "a,b", '"a,b"'],
    ["a quote", 'a"b', '"a""b"'],
    ["a line end", "a\nb", '"a\nb"'],
    ["a carriage return", "a\rb", '"a\rb"'],
  ])("quotes a cell with %s", (_what, text, cell) => {
    expect(csvRecord([text])).toBe(`${cell}\r\n`);
  });

  it.each(["=1+1@x.example", "+49@x.example", "-1@x.example", "@x", "\t=1", " =1"])(
    "keeps %j from being a formula",
    (text) => {
      expect(csvRecord([text])).toBe(`'${text}\r\n`);
    },
  );

  it("keeps a formula from being one where it needs quotes as well", () => {
    expect(csvRecord(['=HYPERLINK("x")@x.example'])).toBe(`"'=HYPERLINK(""x"")@x.example"\r\n`);
  });
});
