import { randomBytes } from "node:crypto";
import { CHUNK_BYTES } from "@flowstate/messaging";
import { describe, expect, it } from "vitest";
import { asReceived } from "./sealed-transfer.ts";

const KB = 1024;

describe("a document as ingest holds it", () => {
  it("lies in segments that grew, each of which leaves as a chunk", () => {
    const document = randomBytes(1_000_000);
    using content = asReceived(document);
    const chunks = [...content.slices(CHUNK_BYTES)];
    expect(chunks.map(({ byteLength }) => byteLength / KB).slice(0, 8)).toEqual([4, 4, 8, 16, 32, 64, 128, 256]);
    expect(Buffer.concat(chunks).equals(document)).toBe(true);
  });
});
