import { setImmediate as eventLoopTurn } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { GhostBytes } from "./ghost-bytes.ts";

/* Real: GhostBytes. Doubled: the collector, which counts its calls. */

const MIB = 1024 * 1024;

function countCollections(): () => number {
  const original = globalThis.gc;
  let collections = 0;
  const count = async () => {
    collections += 1;
  };
  globalThis.gc = Object.assign(count, original);
  onTestFinished(() => {
    if (original === undefined) Reflect.deleteProperty(globalThis, "gc");
    else globalThis.gc = original;
  });
  return () => collections;
}

function wipe(bytes: number): void {
  using content = GhostBytes.withCapacity(bytes);
  content.append(Buffer.from("x"));
}

describe("wiped memory", () => {
  it("is collected once much of it has come together, not for each document", async () => {
    const collections = countCollections();
    for (let n = 0; n < 63; n += 1) wipe(MIB);
    await eventLoopTurn();
    expect(collections()).toBe(0);
    for (let n = 0; n < 20; n += 1) wipe(MIB);
    await eventLoopTurn();
    expect(collections()).toBe(1);
    for (let n = 0; n < 60; n += 1) wipe(MIB);
    await eventLoopTurn();
    expect(collections()).toBe(1);
  });
});
