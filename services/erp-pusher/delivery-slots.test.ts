import { describe, expect, it } from "vitest";
import { DeliverySlots, MAX_WAITING } from "./delivery-slots.ts";

// Real: the waiting, on the system's timers. Nothing is doubled.

const AMPLE_MS = 60_000;
const nobody = new AbortController().signal;

async function taken(slots: DeliverySlots): Promise<Disposable> {
  const slot = await slots.take(AMPLE_MS, nobody);
  if (typeof slot === "string") throw new Error(`no slot: ${slot}`);
  return slot;
}

describe("slots for deliveries", () => {
  it("are as many as there are, and then whoever waits longest is next", async () => {
    const slots = new DeliverySlots(2);
    const [first, second] = [await taken(slots), await taken(slots)];
    const order: string[] = [];
    const waitAs = async (name: string) => {
      const slot = await taken(slots);
      order.push(name);
      return slot;
    };
    const [third, fourth] = [waitAs("third"), waitAs("fourth")];
    await new Promise(setImmediate);
    expect(order).toEqual([]);
    second[Symbol.dispose]();
    (await third)[Symbol.dispose]();
    await fourth;
    expect(order).toEqual(["third", "fourth"]);
    first[Symbol.dispose]();
  });

  it("are given back once, however often they are disposed", async () => {
    const slots = new DeliverySlots(1);
    const slot = await taken(slots);
    slot[Symbol.dispose]();
    slot[Symbol.dispose]();
    await taken(slots);
    expect(await slots.take(1, nobody)).toBe("late");
  });

  it("are waited for no longer than there is time, and the place is free again", async () => {
    const slots = new DeliverySlots(1);
    const slot = await taken(slots);
    expect(await slots.take(5, nobody)).toBe("late");
    expect(await slots.take(-1, nobody)).toBe("late");
    slot[Symbol.dispose]();
    await taken(slots);
  });

  it("are not waited for when the caller has gone or goes", async () => {
    const slots = new DeliverySlots(1);
    await taken(slots);
    const gone = new Error("gone");
    await expect(slots.take(AMPLE_MS, AbortSignal.abort(gone))).rejects.toBe(gone);
    const caller = new AbortController();
    const waiting = slots.take(AMPLE_MS, caller.signal);
    caller.abort(gone);
    await expect(waiting).rejects.toBe(gone);
  });

  it("are waited for by so many and no more", async () => {
    const slots = new DeliverySlots(1);
    const slot = await taken(slots);
    const waiting = Array.from({ length: MAX_WAITING }, () => taken(slots));
    expect(await slots.take(AMPLE_MS, nobody)).toBe("full");
    slot[Symbol.dispose]();
    for (const next of waiting) (await next)[Symbol.dispose]();
    await taken(slots);
  });
});
