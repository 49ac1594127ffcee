import { isGivenBack, isZeroed } from "@flowstate/local/testing/zeroed.ts";
import { describe, expect, it } from "vitest";
import { giveBack } from "./give-back.ts";

/* Real: memory, and what the process has of it. Nothing is doubled. */

const MIB = 1024 * 1024;

function buffer(bytes: number): Buffer {
  return Buffer.from(new ArrayBuffer(bytes)).fill(7);
}

describe("memory that is given back", () => {
  it("is zero when it goes", () => {
    const bytes = buffer(1_000);
    expect(isZeroed(bytes)).toBe(false);
    giveBack(bytes);
    expect([isGivenBack(bytes), isZeroed(bytes)]).toEqual([true, true]);
  });

  it("is the system's at once, without a collection", () => {
    const before = process.memoryUsage().arrayBuffers;
    for (let number = 0; number < 100; number += 1) giveBack(buffer(MIB));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MIB);
  });

  it("may be given back again, and may be nothing", () => {
    const bytes = buffer(10);
    giveBack(bytes);
    expect(() => giveBack(bytes)).not.toThrow();
    expect(() => giveBack(Buffer.alloc(0))).not.toThrow();
  });

  it("is a small array's, too, wherever V8 holds it", () => {
    const bytes = new Uint8Array(16).fill(7);
    giveBack(bytes);
    expect([isGivenBack(bytes), isZeroed(bytes)]).toEqual([true, true]);
  });
});

describe("memory that others use, too", () => {
  it("is zeroed and stays: a part of a larger piece", () => {
    const whole = buffer(100);
    const part = whole.subarray(10, 20);
    giveBack(part);
    expect([isGivenBack(part), isZeroed(part)]).toEqual([false, true]);
    expect(whole.filter((byte) => byte === 7)).toHaveLength(90);
  });

  it("is zeroed and stays: what threads share", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(16)).fill(7);
    giveBack(shared);
    expect([shared.byteLength, isZeroed(shared)]).toEqual([16, true]);
  });
});
