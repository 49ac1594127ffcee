import { setImmediate as loop } from "node:timers/promises";
import { expect, it } from "vitest";
import { Turns } from "./turns.ts";

// Real: the event loop.

it("turns are taken one in each turn of the event loop, in the order in which they were asked for", async () => {
  const turns = new Turns();
  const taken: string[] = [];
  const work = async (name: string, count: number) => {
    for (let n = 0; n < count; n += 1) {
      await turns.take();
      taken.push(name);
    }
  };
  const working = [work("a", 3), work("b", 2), work("c", 1)];
  const perTurn: number[] = [];
  for (let before = 0; taken.length < 6; before = taken.length) {
    await loop();
    perTurn.push(taken.length - before);
  }
  await Promise.all(working);
  expect(taken).toEqual(["a", "b", "c", "a", "b", "a"]);
  expect(Math.max(...perTurn)).toBe(1);
});

it("a turn is there again after a time in which nobody asked", async () => {
  const turns = new Turns();
  await turns.take();
  await loop();
  await turns.take();
  await expect(Promise.all([turns.take(), turns.take()])).resolves.toHaveLength(2);
});
