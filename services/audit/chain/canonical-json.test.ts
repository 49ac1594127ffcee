// Pure: RFC 8785, with its own examples where our values have them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.ts";

describe("canonical JSON", () => {
  it("sorts names by their UTF-16 code units, as RFC 8785 §3.2.3 shows", () => {
    const example = {
      "€": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "😀": "Emoji: Grinning Face",
      "\u0080": "Control",
      ö: "Latin Small Letter O With Diaeresis",
    };
    expect(Object.values(JSON.parse(canonicalJson(example)))).toHaveLength(7);
    expect(canonicalJson(example)).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis",' +
        '"€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    );
  });

  it("escapes what must be escaped and nothing else, as RFC 8785 §3.2.2.2 says", () => {
    expect(canonicalJson({ text: "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/" })).toBe(
      '{"text":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it("leaves out what says nothing", () => {
    expect(canonicalJson({ b: null, a: 1, c: undefined })).toBe('{"a":1}');
    expect(canonicalJson({})).toBe("{}");
  });

  it("spells whole numbers with their digits, and zero without a sign", () => {
    expect(canonicalJson({ most: Number.MAX_SAFE_INTEGER, none: -0 })).toBe('{"most":9007199254740991,"none":0}');
  });

  it("spells bytes as the text of their hexadecimal digits", () => {
    expect(canonicalJson({ bytes: Buffer.from([0, 0xab]), none: Buffer.alloc(0) })).toBe('{"bytes":"00ab","none":""}');
  });

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("refuses the number %d", (number) => {
    expect(() => canonicalJson({ number })).toThrow(TypeError);
  });

  it("refuses a lone surrogate", () => {
    expect(() => canonicalJson({ text: "\ud800" })).toThrow(TypeError);
  });

  it("has one spelling for equal fields, and another for others", () => {
    const fields = fc.dictionary(
      fc.string({ unit: "grapheme" }),
      fc.oneof(fc.string({ unit: "grapheme" }), fc.maxSafeInteger()),
    );
    fc.assert(
      fc.property(fields, fields, (one, other) => {
        const shuffled = Object.fromEntries(Object.entries(one).reverse());
        expect(canonicalJson(shuffled)).toBe(canonicalJson(one));
        expect(JSON.parse(canonicalJson(one))).toEqual(JSON.parse(JSON.stringify(one)));
        if (canonicalJson(one) === canonicalJson(other)) expect({ ...other }).toEqual({ ...one });
      }),
    );
  });
});
