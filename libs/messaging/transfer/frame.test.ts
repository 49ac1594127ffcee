import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ABORT_FRAME, ALIVE_FRAME, beginFrame, chunkHead, creditFrame, parseFrame } from "./frame.ts";

describe("frames", () => {
  it("come back as they were made", () => {
    const sealed = Buffer.from("ciphertag");
    expect(parseFrame(Buffer.concat([chunkHead(false), sealed]))).toEqual({
      kind: "chunk",
      sealed,
      last: false,
    });
    expect(parseFrame(Buffer.concat([chunkHead(true), sealed]))).toEqual({
      kind: "chunk",
      sealed,
      last: true,
    });
    expect(parseFrame(creditFrame(70_000))).toEqual({ kind: "credit", taken: 70_000 });
    expect(parseFrame(beginFrame(Buffer.alloc(32, 1)))).toEqual({ kind: "begin", encapsulated: Buffer.alloc(32, 1) });
    expect(parseFrame(ALIVE_FRAME)).toEqual({ kind: "alive" });
    expect(parseFrame(ABORT_FRAME)).toEqual({ kind: "abort" });
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["an unknown type", Buffer.of(0x7f, 1, 2)],
    ["a short encapsulation", Buffer.of(0x01, 1, 2)],
    ["a long credit", Buffer.of(0x04, 0, 0, 0, 0, 0)],
    ["an alive with something to say", Buffer.of(0x05, 1)],
  ])("are not made of %s", (_name, bytes) => {
    expect(parseFrame(bytes)).toBeUndefined();
  });

  it("never make the parser throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const frame = parseFrame(bytes);
        expect(frame === undefined || typeof frame.kind === "string").toBe(true);
      }),
    );
  });
});
