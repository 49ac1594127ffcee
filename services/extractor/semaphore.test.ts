import { describe, expect, it } from "vitest";
import { Semaphore } from "./semaphore.ts";

// Real: everything. No time passes in these tests but what promises take.

const never = new AbortController().signal;

async function settled<T>(promise: Promise<T>): Promise<T | "waiting"> {
  const soon = new Promise<"waiting">((resolve) => setImmediate(() => resolve("waiting")));
  return await Promise.race([promise, soon]);
}

describe("Semaphore", () => {
  it("lets as many work as there are turns, the others wait", async () => {
    const turns = new Semaphore(2);
    const first = await turns.take(never);
    expect(await settled(turns.take(never))).not.toBe("waiting");
    const third = turns.take(never);
    expect(await settled(third)).toBe("waiting");
    first?.[Symbol.dispose]();
    expect(await third).toBeDefined();
  });

  it("serves in order of arrival", async () => {
    const turns = new Semaphore(1);
    const order: number[] = [];
    const held = await turns.take(never);
    const waiting = [1, 2, 3].map(async (number) => {
      using _turn = await turns.take(never);
      order.push(number);
    });
    held?.[Symbol.dispose]();
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
  });

  it("gives no turn to a caller that went away, and passes it on to the next", async () => {
    const turns = new Semaphore(1);
    const held = await turns.take(never);
    const leaving = new AbortController();
    const left = turns.take(leaving.signal);
    const staying = turns.take(never);
    leaving.abort();
    expect(await left).toBeUndefined();
    held?.[Symbol.dispose]();
    expect(await staying).toBeDefined();
    expect(await turns.take(AbortSignal.abort())).toBeUndefined();
  });

  it("takes a turn back once, however often it is given", async () => {
    const turns = new Semaphore(1);
    const held = await turns.take(never);
    held?.[Symbol.dispose]();
    held?.[Symbol.dispose]();
    expect(await settled(turns.take(never))).not.toBe("waiting");
    expect(await settled(turns.take(never))).toBe("waiting");
  });
});
