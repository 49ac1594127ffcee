// Real: the collector. Doubled: nothing.

import { createHash } from "node:crypto";
import { isZeroed } from "@flowstate/local/testing/zeroed.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DocumentCollector } from "./document-collector.ts";

const MAX_BYTES = 5_000;
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
const after = (bytes: number, text: string, more = 0) =>
  Buffer.concat([Buffer.alloc(bytes, "x"), Buffer.from(text, "latin1"), Buffer.alloc(more, "y")]);

function collect(pieces: readonly Buffer[], maxBytes = MAX_BYTES) {
  const collector = new DocumentCollector(maxBytes);
  for (const piece of pieces) {
    const copy = Buffer.from(piece);
    collector.take(copy);
    copy.fill(0);
  }
  const document = collector.finish();
  const kept = document.content.wiped ? undefined : Buffer.concat([...document.content.slices(MAX_BYTES)]);
  return { ...document, kept, isImage: collector.isImage };
}

describe("a collected file", () => {
  it.each<[string, Buffer, ReturnType<typeof collect>["refusal"]]>([
    ["a PDF", after(0, "%PDF-1.7", 2_000), undefined],
    ["a small PDF", after(0, "%PDF-"), undefined],
    ["a PDF with the last possible beginning", after(1_019, "%PDF-", 2_000), undefined],
    ["a PDF that begins one byte later", after(1_020, "%PDF-", 2_000), "document_not_pdf"],
    ["a PDF of the largest size", after(0, "%PDF-", MAX_BYTES - 5), undefined],
    ["a PDF of one byte more", after(0, "%PDF-", MAX_BYTES - 4), "document_too_large"],
    ["a large PDF", after(0, "%PDF-", 9 * MAX_BYTES), "document_too_large"],
    ["something else", after(0, "<html>", 2_000), "document_not_pdf"],
    ["something else that is large", after(0, "<html>", 9 * MAX_BYTES), "document_not_pdf"],
    ["the beginning of a signature", after(0, "%PDF"), "document_not_pdf"],
    ["one byte", after(1, ""), "document_not_pdf"],
    ["no bytes", after(0, ""), "document_empty"],
  ])("is %s, counted and hashed to its end, and kept only if it is accepted", (_name, bytes, refusal) => {
    expect(collect([bytes])).toMatchObject({
      refusal,
      sizeBytes: bytes.length,
      digest: sha256(bytes),
      kept: refusal === undefined ? bytes : undefined,
    });
  });

  it("is the same, however it was cut into pieces", () => {
    const beginning = fc.constantFrom("%PDF-1.7", "%PDF", "GIF89a", "text", "");
    const before = fc.oneof(fc.constant(0), fc.integer({ min: 1_010, max: 1_030 }));
    const size = fc.oneof(fc.nat({ max: 3_000 }), fc.integer({ min: MAX_BYTES - 1_040, max: MAX_BYTES + 10 }));
    // A limit below the range in which a signature may stand, too.
    const maxBytes = fc.constantFrom(MAX_BYTES, 100);
    fc.assert(
      fc.property(
        fc.tuple(before, beginning, size).map((parts) => after(...parts)),
        fc.array(fc.nat({ max: 2_000 })),
        maxBytes,
        (bytes, lengths, limit) => {
          let at = 0;
          const pieces = lengths.map((length) => {
            at += length;
            return bytes.subarray(at - length, at);
          });
          expect(collect([...pieces, bytes.subarray(at)], limit)).toEqual(collect([bytes], limit));
        },
      ),
    );
  });

  it.each([
    ["a picture", "GIF89a", true],
    ["a picture that is a PDF as well", "GIF89a%PDF-1.7", false],
    ["no picture", "text", false],
  ])("is known to be %s", (_name, beginning, isImage) => {
    expect(collect([after(0, beginning, 2_000)]).isImage).toBe(isImage);
    expect(collect([after(0, beginning)]).isImage).toBe(isImage);
  });

  it("takes nothing after it was wiped, and cannot be finished then", () => {
    const collector = new DocumentCollector(MAX_BYTES);
    collector.take(after(0, "%PDF-", 2_000));
    collector.wipe();
    collector.take(Buffer.from("more"));
    expect(() => collector.finish()).toThrow("wiped");
  });

  it("is wiped with its collector after it was finished", () => {
    const collector = new DocumentCollector(MAX_BYTES);
    collector.take(after(0, "%PDF-", 2_000));
    const { content } = collector.finish();
    const view = content.view();
    expect(view.includes("%PDF-")).toBe(true);
    collector.wipe();
    expect(content.wiped).toBe(true);
    expect(isZeroed(view)).toBe(true);
  });
});
