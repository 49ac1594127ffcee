import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { indexJson, isJsonNumber, type JsonNode } from "./json-index.ts";

// Pure. What it accepts and where it finds things is held to the runtime's own parser.

const bytesOf = (text: string) => Buffer.from(text);

/** The document once more, from nothing but the places. */
function rebuilt(bytes: Buffer, node: JsonNode): unknown {
  switch (node.kind) {
    case "object":
      return Object.fromEntries([...node.members].map(([name, member]) => [name, rebuilt(bytes, member)]));
    case "list":
      return node.items.map((item) => rebuilt(bytes, item));
    default:
      return JSON.parse(bytes.subarray(node.start, node.end).toString());
  }
}

describe("indexJson", () => {
  it("finds every value of any document that the runtime can write", () => {
    const documents = fc.jsonValue({ stringUnit: "binary", maxDepth: 4 });
    fc.assert(
      fc.property(documents, fc.nat(2), (document, indent) => {
        const bytes = bytesOf(JSON.stringify(document, undefined, indent));
        fc.pre(namesAre(/^[ -[\]-~]{0,128}$/, document));
        expect(rebuilt(bytes, indexJson(bytes))).toEqual(JSON.parse(bytes.toString()));
      }),
    );
  });

  it("refuses what the runtime's parser refuses, and accepts the rest", () => {
    const fragments = [...'{}[],:"\\ \n-+.0123eEtruefalsn', '"a"', '"b":', "null", "true", "1.50", "\\u00e9", "é"];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...fragments), { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        fc.pre(!/"(?:a|b|)"\s*:.*"(?:a|b|)"\s*:/s.test(text) && !/[\\é].*:/s.test(text));
        expect(
          accepts(() => indexJson(bytesOf(text))),
          text,
        ).toBe(accepts(() => JSON.parse(text)));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ["nothing", ""],
    ["two documents", "{}{}"],
    ["a name that stands twice", '{"a":1,"a":2}'],
    ["an escaped name, which could be another's twin", '{"\\u0061":1}'],
    ["a name that is not ASCII", '{"ä":1}'],
    ["a long name", `{"${"n".repeat(129)}":1}`],
    ["a control character in a text", '"a\nb"'],
    ["an escape that is none", '"\\x41"'],
    ["half an escape", '"\\u00e'],
    ["a text that does not end", '"a'],
    ["a number with a leading zero", "01"],
    ["a bare point", "1."],
    ["brackets without end", "[".repeat(100_000)],
  ])("refuses %s", (_what, text) => {
    expect(() => indexJson(bytesOf(text))).toThrow("not the JSON that it should be");
  });

  it("refuses bytes that are no UTF-8", () => {
    expect(() => indexJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow("not the JSON that it should be");
  });

  it("quotes nothing in its error", () => {
    expect(() => indexJson(bytesOf("CANARY-4711"))).toThrow(/^(?!.*CANARY).*$/s);
  });
});

describe("isJsonNumber", () => {
  it.each(["0", "-0", "119.00", "-1.5", "1e5", "2E-3"])("holds for %s", (text) => {
    expect(isJsonNumber(bytesOf(text), 0, text.length)).toBe(true);
  });

  it.each(["", "-", "01", "1.", ".5", "+1", "1,5", "1 ", "NaN", "0x10", "1e", '1","x":"2'])(
    "does not for %j",
    (text) => {
      expect(isJsonNumber(bytesOf(text), 0, text.length)).toBe(false);
    },
  );
});

function accepts(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}

function namesAre(pattern: RegExp, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, member]) => pattern.test(name) && namesAre(pattern, member));
}
