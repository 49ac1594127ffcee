import { inspect } from "node:util";
import { serialize } from "node:v8";
import { isGivenBack, isZeroed } from "@flowstate/local/testing/zeroed.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GhostBytes } from "./ghost-bytes.ts";
import { MemoryBudget } from "./memory-budget.ts";

/* Real: GhostBytes and the memory it holds, looked at as it is given back. Nothing is doubled. */

const SEGMENT_BYTES = 1024 * 1024;
const CANARY = "canary-4711";
const canary = () => Buffer.from(CANARY);

function contentOf(bytes: GhostBytes, sliceBytes = 7): Buffer {
  return Buffer.concat([...bytes.slices(sliceBytes)]);
}

describe("wiping", () => {
  it("of one leaves its copy, which holds the same bytes", () => {
    using original = GhostBytes.growing();
    const content = Buffer.from(Array.from({ length: 700_000 }, (_, n) => n % 251));
    original.append(content);
    using copied = original.copy();
    original.wipe();
    expect(copied.view().equals(content)).toBe(true);
    expect(() => original.copy()).toThrow("wiped");
  });

  it("zeroes the memory in place and gives it back, so that a view somebody kept is empty", () => {
    const bytes = GhostBytes.taking(canary());
    const [view, head, [slice]] = [bytes.view(), bytes.head(4), [...bytes.slices(1_000)]];
    const views = [view, head, slice ?? Buffer.from("missing")];
    expect(views.some(isZeroed)).toBe(false);
    bytes.wipe();
    expect(views.every(isZeroed)).toBe(true);
    expect(views.map(({ byteLength }) => byteLength)).toEqual([0, 0, 0]);
  });

  it("gives back what was reserved for the bytes, once and not before", () => {
    const budget = new MemoryBudget(100);
    const bytes = GhostBytes.taking(canary());
    expect(bytes.reserved).toBe(false);
    const reservation = budget.tryReserve(11);
    if (reservation === undefined) throw new Error("no room");
    bytes.reservedBy(reservation);
    using _other = budget.tryReserve(30);
    expect([bytes.reserved, budget.reservedBytes]).toEqual([true, 41]);
    bytes.wipe();
    bytes.wipe();
    expect(budget.reservedBytes).toBe(30);
    const late = budget.tryReserve(70);
    if (late !== undefined) bytes.reservedBy(late);
    expect(budget.reservedBytes).toBe(30);
  });

  it("zeroes every segment of a growing buffer", () => {
    const bytes = GhostBytes.growing();
    for (let i = 0; i < 5; i++) bytes.append(Buffer.alloc(SEGMENT_BYTES / 2, i + 1));
    const views = [...bytes.slices(SEGMENT_BYTES)];
    expect(views.length).toBeGreaterThan(3);
    bytes.wipe();
    expect(views.every(isZeroed)).toBe(true);
  });

  it("zeroes the capacity that was not used yet", () => {
    const bytes = GhostBytes.withCapacity(64);
    bytes.append(canary());
    const whole = Buffer.from(bytes.view().buffer);
    whole.fill(1, CANARY.length);
    expect(whole.byteLength).toBe(64);
    bytes.wipe();
    expect(isZeroed(whole)).toBe(true);
  });

  it("happens when a block is left normally", () => {
    const view = (() => {
      using bytes = GhostBytes.taking(canary());
      return bytes.view();
    })();
    expect(isZeroed(view)).toBe(true);
  });

  it("happens when a block is left by an exception", () => {
    let view: Buffer | undefined;
    expect(() => {
      using bytes = GhostBytes.taking(canary());
      view = bytes.view();
      throw new Error("half way");
    }).toThrow("half way");
    expect(view !== undefined && isZeroed(view)).toBe(true);
  });

  it("happens when an asynchronous block is left by a rejection", async () => {
    let view: Buffer | undefined;
    const work = async () => {
      using bytes = GhostBytes.taking(canary());
      view = bytes.view();
      await Promise.reject(new Error("half way"));
    };
    await expect(work()).rejects.toThrow("half way");
    expect(view !== undefined && isZeroed(view)).toBe(true);
  });

  it("says how many bytes it zeroed, once", () => {
    const bytes = GhostBytes.taking(canary());
    expect(bytes.wipe()).toBe(CANARY.length);
    expect(bytes.wipe()).toBe(0);
    expect(bytes.length).toBe(CANARY.length);
    expect(bytes.wiped).toBe(true);
  });

  it("closes the vessel: nothing goes in or comes out afterwards", () => {
    const bytes = GhostBytes.taking(canary());
    bytes.wipe();
    expect(() => bytes.append(canary())).toThrow("wiped");
    expect(() => bytes.view()).toThrow("wiped");
    expect(() => bytes.head(1)).toThrow("wiped");
    expect(() => [...bytes.slices(1)]).toThrow("wiped");
  });

  it("stops slices that are being walked", () => {
    const bytes = GhostBytes.taking(canary());
    const walk = bytes.slices(1);
    walk.next();
    bytes.wipe();
    expect(() => walk.next()).toThrow("wiped");
  });
});

describe("taking", () => {
  it("leaves the bytes here and nowhere else", () => {
    const source = canary();
    using bytes = GhostBytes.taking(source);
    expect(isZeroed(source)).toBe(true);
    expect(bytes.view().toString()).toBe(CANARY);
  });
});

describe("content", () => {
  it("comes out as it went in, however it was cut on the way in and out", () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 300 }), (parts, sliceBytes) => {
        const expected = Buffer.concat(parts);
        using growing = GhostBytes.growing();
        using fixed = GhostBytes.withCapacity(expected.byteLength);
        for (const part of parts) {
          growing.append(part);
          fixed.append(part);
        }
        expect(contentOf(growing, sliceBytes).equals(expected)).toBe(true);
        expect(fixed.view().equals(expected)).toBe(true);
        expect(growing.length).toBe(expected.byteLength);
      }),
    );
  });

  it("comes out as it went in over many segments", () => {
    using bytes = GhostBytes.growing();
    const expected = Buffer.alloc(2 * SEGMENT_BYTES + 17);
    for (let i = 0; i < expected.byteLength; i++) expected[i] = i % 251;
    for (const at of [0, 1, SEGMENT_BYTES - 1, SEGMENT_BYTES, 2 * SEGMENT_BYTES]) {
      bytes.append(expected.subarray(bytes.length, at));
    }
    bytes.append(expected.subarray(bytes.length));
    expect(contentOf(bytes, 100_000).equals(expected)).toBe(true);
  });

  it("is not read piece by piece any more when it has been joined meanwhile", () => {
    using bytes = GhostBytes.growing();
    bytes.append(Buffer.alloc(3 * SEGMENT_BYTES, 7));
    const slices = bytes.slices(SEGMENT_BYTES);
    expect(slices.next().done).toBe(false);
    bytes.view();
    expect(() => slices.next()).toThrow("joined");
    expect(contentOf(bytes, SEGMENT_BYTES).length).toBe(3 * SEGMENT_BYTES);
  });

  it("is joined when it is wanted in one piece, and the pieces are zeroed and given back to the system", () => {
    using bytes = GhostBytes.growing();
    const expected = Buffer.from("canary".repeat(100_000));
    bytes.append(expected);
    const pieces = [...bytes.slices(SEGMENT_BYTES)];
    expect(bytes.view().equals(expected)).toBe(true);
    expect(pieces.every((piece) => isGivenBack(piece) && isZeroed(piece))).toBe(true);
    bytes.append(Buffer.from("and more"));
    expect(contentOf(bytes, 100_000).equals(Buffer.concat([expected, Buffer.from("and more")]))).toBe(true);
  });

  it("takes little more memory than it has bytes", () => {
    for (const size of [1, 4_096, 5_000, 100_000, 1_000_000]) {
      using bytes = GhostBytes.growing();
      bytes.append(Buffer.alloc(size));
      const held = new Set([...bytes.slices(SEGMENT_BYTES)].map(({ buffer }) => buffer));
      const allocated = [...held].reduce((sum, { byteLength }) => sum + byteLength, 0);
      expect(allocated).toBeLessThanOrEqual(Math.max(4_096, size + Math.min(size, SEGMENT_BYTES)));
    }
  });

  it("is sliced without copies, in slices no larger than asked", () => {
    using bytes = GhostBytes.taking(Buffer.alloc(10, 7));
    const slices = [...bytes.slices(4)];
    expect(slices.map(({ byteLength }) => byteLength)).toEqual([4, 4, 2]);
    expect(slices.every(({ buffer }) => buffer === bytes.view().buffer)).toBe(true);
  });

  it("comes in whole chunks however it is held, so that few are sent", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 3 * SEGMENT_BYTES }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1_000, max: SEGMENT_BYTES }), (parts, chunkBytes) => {
        using bytes = GhostBytes.growing();
        for (const size of parts) bytes.append(Buffer.alloc(size, size % 251));
        const chunks = [...bytes.chunks(chunkBytes)].map((views) => Buffer.concat(views));
        expect(Buffer.concat(chunks).equals(bytes.copy().view())).toBe(true);
        const last = chunks.pop()?.byteLength ?? 0;
        expect(chunks.every(({ byteLength }) => byteLength === chunkBytes)).toBe(true);
        expect(last > 0 && last <= chunkBytes).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it("is in no chunk that is asked for after it is wiped", () => {
    const bytes = GhostBytes.taking(Buffer.alloc(10, 7));
    const chunks = bytes.chunks(4);
    chunks.next();
    bytes.wipe();
    expect(() => chunks.next()).toThrow("wiped");
  });

  it("shows its head, or all of it when it is shorter", () => {
    using bytes = GhostBytes.taking(canary());
    expect(bytes.head(6).toString()).toBe("canary");
    expect(bytes.head(1_000).toString()).toBe(CANARY);
  });

  it("may be empty", () => {
    using bytes = GhostBytes.growing();
    expect(bytes.view().byteLength).toBe(0);
    expect(bytes.head(5).byteLength).toBe(0);
    expect([...bytes.slices(5)]).toEqual([]);
    expect([...bytes.chunks(5)]).toEqual([]);
    expect(bytes.wipe()).toBe(0);
  });

  it("never lies in Node's shared pool, where other buffers are neighbours", () => {
    using bytes = GhostBytes.withCapacity(16);
    expect(bytes.view().buffer.byteLength).toBe(16);
  });
});

describe("printing", () => {
  it.each<[string, (bytes: GhostBytes) => string]>([
    ["a template string", (bytes) => `${bytes}`],
    ["String()", String],
    ["inspect", (bytes) => inspect(bytes)],
    ["inspect of an object that holds it", (bytes) => inspect({ deep: [bytes] }, { depth: 9, showHidden: true })],
    ["inspect without customisation", (bytes) => inspect(bytes, { customInspect: false, showHidden: true, depth: 9 })],
    ["its own property names", (bytes) => Object.getOwnPropertyNames(bytes).join()],
  ])("by %s shows no content", (_way, print) => {
    using bytes = GhostBytes.taking(canary());
    const printed = print(bytes);
    for (const leak of [CANARY, canary().toString("hex"), canary().toString("base64"), "63 61 6e", "99, 97, 110"]) {
      expect(printed).not.toContain(leak);
    }
  });

  it("says how much is held, and that it is wiped", () => {
    const bytes = GhostBytes.taking(canary());
    expect(`${bytes}`).toBe("[held 11 bytes]");
    bytes.wipe();
    expect(inspect({ bytes })).toBe("{ bytes: [wiped 11 bytes] }");
  });
});

describe("serialising", () => {
  it("as JSON is refused, alone and inside another object, held and wiped", () => {
    const bytes = GhostBytes.taking(canary());
    expect(() => JSON.stringify(bytes)).toThrow("cannot be serialised");
    expect(() => JSON.stringify({ a: [bytes] })).toThrow("cannot be serialised");
    bytes.wipe();
    expect(() => JSON.stringify(bytes)).toThrow("cannot be serialised");
  });

  it("by structured clone carries nothing over", () => {
    using bytes = GhostBytes.taking(canary());
    expect(Object.keys(structuredClone(bytes))).toEqual([]);
    expect(serialize(bytes).includes(CANARY)).toBe(false);
  });

  it("by spreading or copying carries nothing over", () => {
    using bytes = GhostBytes.taking(canary());
    expect({ ...bytes }).toEqual({});
  });
});
