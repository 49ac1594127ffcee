import { beforeEach, describe, expect, it } from "vitest";
import { type Admission, ModelGate } from "./model-gate.ts";

// Real: the gate, its seats, its breaker. Time is a number here.

const never = new AbortController().signal;
let now: number;
let gate: ModelGate;
beforeEach(() => {
  now = 0;
  gate = new ModelGate({ seats: 2, now: () => now, onChange: () => {} });
});

async function admitted(): Promise<Admission> {
  const admission = await gate.enter(never);
  if (typeof admission === "string") throw new Error(admission);
  return admission;
}

async function failDocuments(count: number): Promise<void> {
  for (let document = 0; document < count; document += 1) {
    using admission = await admitted();
    admission.conclude("failing");
  }
}

describe("ModelGate", () => {
  it("seats as many as there are seats, the next when one is free", async () => {
    const [first] = [await admitted(), await admitted()];
    let seated = false;
    const third = admitted().then((admission) => {
      seated = true;
      return admission;
    });
    await new Promise(setImmediate);
    expect(seated).toBe(false);
    first[Symbol.dispose]();
    expect((await third).mayRepeat()).toBe(true);
  });

  it("is late for whom no seat came free in time, and keeps none for it", async () => {
    const held = [await admitted(), await admitted()];
    const patience = new AbortController();
    const waiting = gate.enter(patience.signal);
    patience.abort();
    expect(await waiting).toBe("late");
    for (const admission of held) admission[Symbol.dispose]();
    await admitted();
    await admitted();
  });

  it("is busy at once while the model is left alone, and keeps no seat for whom it sends away", async () => {
    await failDocuments(5);
    expect(await gate.enter(never)).toBe("busy");
    now = 30_000;
    (await admitted()).conclude("answering");
    await admitted();
  });

  it("is busy for those who waited for a seat while the model failed", async () => {
    await failDocuments(3);
    const held = [await admitted(), await admitted()];
    const waiting = gate.enter(never);
    for (const admission of held) {
      admission.conclude("failing");
      admission[Symbol.dispose]();
    }
    expect(await waiting).toBe("busy");
    now = 30_000;
    await admitted();
  });

  it("lets nobody repeat once the model fails everywhere, and a probe never", async () => {
    const earlier = await admitted();
    expect(earlier.mayRepeat()).toBe(true);
    await failDocuments(5);
    expect(earlier.mayRepeat()).toBe(false);
    now = 30_000;
    expect((await admitted()).mayRepeat()).toBe(false);
  });

  it("wants four documents in this process for each seat, and two while the model is left alone", async () => {
    expect(gate.admits(7)).toBe(true);
    expect(gate.admits(8)).toBe(false);
    await failDocuments(5);
    expect(gate.admits(1)).toBe(true);
    expect(gate.admits(2)).toBe(false);
    now = 30_000;
    (await admitted()).conclude("answering");
    expect(gate.admits(7)).toBe(true);
  });
});
