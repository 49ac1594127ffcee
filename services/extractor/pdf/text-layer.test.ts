import { describe, expect, it } from "vitest";
import { encodeTextLayer } from "./encode-text-layer.ts";
import { decodeTextLayer, type TextLayer } from "./text-layer.ts";

// Real: everything.

const layer: TextLayer = {
  pages: [
    {
      rows: [
        {
          y: 50.1,
          cells: [
            { text: "Grüße", left: 10, right: 40.5, height: 9 },
            { text: "1,00", left: 300, right: 320, height: 12.5 },
          ],
        },
      ],
    },
    { rows: [] },
  ],
};

describe("the bytes of a text layer", () => {
  it("are decoded to what they were made of", () => {
    expect(decodeTextLayer(encodeTextLayer(layer))).toEqual(layer);
  });

  it("keep positions to a tenth of a point", () => {
    const exact = { pages: [{ rows: [{ y: 1 / 3, cells: [{ text: "a", left: 2 / 3, right: 1, height: 26 / 3 }] }] }] };
    const [page] = decodeTextLayer(encodeTextLayer(exact)).pages;
    expect(page?.rows).toEqual([{ y: 0.3, cells: [{ text: "a", left: 0.7, right: 1, height: 8.7 }] }]);
  });

  it("lie in an allocation of their own, so that zeroing them is enough", () => {
    const bytes = encodeTextLayer(layer);
    expect(bytes.buffer.byteLength).toBe(bytes.byteLength);
  });

  it("are refused when they are anything else", () => {
    for (const wrong of ["[]", '{"pages":[[[1,[["a",2]]]]]}', '{"pages":[],"more":1}', "{"]) {
      expect(() => decodeTextLayer(new TextEncoder().encode(wrong))).toThrow();
    }
  });
});
