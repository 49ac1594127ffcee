import { describe, expect, it } from "vitest";
import { DOCUMENT_PLACEHOLDER, spliceDocument } from "./splice-document.ts";

// Real: the splicing.

const document = Buffer.from("%PDF-1.7 pretend");

describe("spliceDocument", () => {
  it("puts the document's base64 in the place of the placeholder", () => {
    const json = JSON.stringify({ before: "Stoßfänger", data: DOCUMENT_PLACEHOLDER, after: "é" });
    expect(JSON.parse(spliceDocument(json, document).toString("utf8"))).toEqual({
      before: "Stoßfänger",
      data: document.toString("base64"),
      after: "é",
    });
  });

  it("gives a buffer of its own, exactly as long as the body", () => {
    const body = spliceDocument(`{"data":"${DOCUMENT_PLACEHOLDER}"}`, document);
    expect(body.buffer.byteLength).toBe(body.byteLength);
  });

  it("refuses a request with no placeholder, or with two", () => {
    expect(() => spliceDocument("{}", document)).toThrow("exactly once");
    expect(() => spliceDocument(`${DOCUMENT_PLACEHOLDER}${DOCUMENT_PLACEHOLDER}`, document)).toThrow("exactly once");
  });
});
