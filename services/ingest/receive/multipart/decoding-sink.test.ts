// Real: the decoding of parts, through the parser. Doubled: nothing; the truth is what Node's own decoders say.
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChunkBytes, type Outcome, readParts } from "./testing/read-parts.ts";

function decoded(encoding: string, content: string, chunkBytes: ChunkBytes = () => 1_000_000): Outcome {
  const head = `Content-Disposition: form-data; name=n\r\nContent-Transfer-Encoding: ${encoding}\r\n`;
  return readParts(`--b\r\n${head}\r\n${content}\r\n--b--\r\n`, chunkBytes);
}
const textOf = ({ parts, fault }: Outcome) => fault ?? parts[0]?.content.toString("latin1");

describe("a part in base64", () => {
  it("is decoded whatever its length, its lines and the chunks it comes in", () => {
    const bytes = fc.uint8Array({ maxLength: 5_000 });
    const size = fc.integer({ min: 1, max: 1_500 });
    fc.assert(
      fc.property(bytes, size, size, fc.boolean(), (content, lineLength, chunkBytes, padded) => {
        const encoded = Buffer.from(content).toString("base64");
        const lines = (padded ? encoded : encoded.replaceAll("=", "")).replace(
          new RegExp(`.{${lineLength}}`, "g"),
          "$& \r\n",
        );
        const outcome = decoded("Base64", lines, () => chunkBytes);
        expect(outcome.fault).toBeUndefined();
        expect(outcome.parts[0]?.content.equals(content)).toBe(true);
        expect(outcome.parts[0]?.ended).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    "QUJ!RA==",
    "Q",
    "QUJDR",
    "QQ==QQ==",
    "QQ==Q",
    "=QUJD",
    "====",
    "QUI=QUJD",
    "QUJ\xe9",
    "QQ=",
    `${"A".repeat(1_022)}==AAAA`,
  ])("that is damaged is malformed: %s", (content) => {
    expect(decoded("base64", content).fault).toBe("malformed");
    expect(decoded("base64", content, () => 1).fault).toBe("malformed");
  });
});

describe("a part in quoted-printable", () => {
  const encodedLine = (bytes: Uint8Array) =>
    [...bytes].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("=\r\n");

  it("is decoded whatever its length and the chunks it comes in", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.integer({ min: 1, max: 1_500 }), (content, chunkBytes) => {
        const outcome = decoded("quoted-printable", encodedLine(content), () => chunkBytes);
        expect(outcome.parts[0]?.content.equals(content)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ["foo=3Dbar", "foo=bar"],
    ["a=\r\nb \r\nc", "ab\r\nc"],
    [`${"x".repeat(1_020)}\r\ny=\r\n=41`, `${"x".repeat(1_020)}\r\nyA`],
  ])("%j is %j", (content, expected) => {
    expect(textOf(decoded("quoted-printable", content))).toBe(expected);
    expect(textOf(decoded("quoted-printable", content, () => 1))).toBe(expected);
  });

  it("is malformed when it has no lines", () => {
    expect(decoded("quoted-printable", "x".repeat(2_000)).fault).toBe("malformed");
  });
});

it.each(["7bit", "8bit", "binary", "unheard-of"])("a part in %s is as it is", (encoding) => {
  const content = randomBytes(3_000).toString("latin1");
  expect(textOf(decoded(encoding, content, () => 700))).toBe(content);
});
