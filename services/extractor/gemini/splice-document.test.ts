import { randomBytes } from "node:crypto";
import { GhostBytes } from "@flowstate/ghost";
import { isZeroed } from "@flowstate/local/testing/zeroed.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import { base64Length } from "./base64.ts";
import { DOCUMENT_PLACEHOLDER, PIECE_BYTES, SplicedBody } from "./splice-document.ts";

// Real: the splicing.

const JSON_TEXT = JSON.stringify({ before: "Stoßfänger", data: DOCUMENT_PLACEHOLDER, after: "é" });

function documentOf(bytes: number): GhostBytes {
  const document = GhostBytes.taking(randomBytes(bytes));
  onTestFinished(() => void document.wipe());
  return document;
}

async function bytesOf(body: SplicedBody): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

describe("a spliced body", () => {
  it.each([1, 2, 3, 1_000, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES + 17])(
    "has the base64 of a document of %i bytes in the place of the placeholder, and says how long it is",
    async (size) => {
      const document = documentOf(size);
      using body = new SplicedBody(JSON_TEXT, document);
      const bytes = await bytesOf(body);
      expect(JSON.parse(bytes.toString("utf8"))).toEqual({
        before: "Stoßfänger",
        data: document.view().toString("base64"),
        after: "é",
      });
      expect(body.length).toBe(bytes.length);
    },
  );

  it("is refused with no placeholder, or with two", () => {
    const document = documentOf(10);
    expect(() => new SplicedBody("{}", document)).toThrow("exactly once");
    expect(() => new SplicedBody(`${DOCUMENT_PLACEHOLDER}${DOCUMENT_PLACEHOLDER}`, document)).toThrow("exactly once");
  });

  it("is made in one piece of memory, which is zero when it is over", async () => {
    using body = new SplicedBody(JSON_TEXT, documentOf(3 * PIECE_BYTES));
    const used = new Set<ArrayBufferLike>();
    for await (const piece of body) {
      if (piece.length === base64Length(PIECE_BYTES)) used.add(piece.buffer);
    }
    const memory = [...used].map((buffer) => new Uint8Array(buffer));
    expect(memory.map(({ length }) => length)).toEqual([base64Length(PIECE_BYTES)]);
    expect(memory.map(isZeroed)).toEqual([false]);
    body[Symbol.dispose]();
    expect(memory.map(isZeroed)).toEqual([true]);
  });

  it("makes no further piece when it is over, and none of a document that was wiped", async () => {
    const document = documentOf(3 * PIECE_BYTES);
    const over = new SplicedBody(JSON_TEXT, document);
    const pieces = over[Symbol.asyncIterator]();
    await pieces.next();
    const { value: piece = Buffer.from("missing") } = await pieces.next();
    over[Symbol.dispose]();
    expect(await pieces.next()).toEqual({ value: undefined, done: true });
    expect(isZeroed(piece)).toBe(true);

    using body = new SplicedBody(JSON_TEXT, document);
    const wiped = body[Symbol.asyncIterator]();
    await wiped.next();
    document.wipe();
    await expect(wiped.next()).rejects.toThrow("wiped");
  });

  it("leaves others their turn between its pieces", async () => {
    using body = new SplicedBody(JSON_TEXT, documentOf(10 * PIECE_BYTES));
    let turns = 0;
    const take = () => {
      turns += 1;
      turning = setImmediate(take);
    };
    let turning = setImmediate(take);
    for await (const _ of body);
    clearImmediate(turning);
    expect(turns).toBeGreaterThanOrEqual(10);
  });
});
