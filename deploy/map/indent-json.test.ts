import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { indentJson } from "./indent-json.ts";

// Pure.

describe("indentJson", () => {
  it("writes any document as JSON.stringify would with two spaces", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary", maxDepth: 4 }), (document) => {
        expect(indentJson(JSON.stringify(document))).toBe(JSON.stringify(document, undefined, 2));
      }),
    );
  });

  it("leaves the digits of numbers as they are", () => {
    expect(indentJson('{"a":[119.00,-0.10],"b":12345678901234567890.5}')).toBe(
      '{\n  "a": [\n    119.00,\n    -0.10\n  ],\n  "b": 12345678901234567890.5\n}',
    );
  });
});
