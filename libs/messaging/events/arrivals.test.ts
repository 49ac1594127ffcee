// Pure: messages are made here, and what is prepared of them is noted.
import { beforeEach, expect, it } from "vitest";
import { Arrivals } from "./arrivals.ts";

interface Message {
  readonly data: Uint8Array;
  readonly seq: number;
}

let sequence: number;
let prepared: (readonly number[])[];
let arrivals: Arrivals<Message, number, string>;
beforeEach(() => {
  sequence = 0;
  prepared = [];
  arrivals = new Arrivals({
    batchSize: 3,
    read: (message) => message.sequence,
    prepare(batch) {
      prepared.push(batch);
      return batch.join();
    },
  });
});

/** Has so many messages more arrive; says what `add` said of each. */
const arrive = (count: number) =>
  Array.from({ length: count }, () => arrivals.add({ data: new Uint8Array(), seq: ++sequence }));
const takenBatches = () => {
  const batches: string[] = [];
  for (let taken = arrivals.take(); taken !== undefined; taken = arrivals.take()) batches.push(taken.batch);
  return batches;
};

it("a full batch is made ready as soon as its last message has arrived, and only once", () => {
  arrive(2);
  expect(prepared).toEqual([]);
  arrive(1);
  expect(prepared).toEqual([[1, 2, 3]]);
  expect(arrivals.hasFull).toBe(true);
  expect(arrivals.take()?.batch).toBe("1,2,3");
  expect(arrivals.hasFull).toBe(false);
  expect(prepared).toHaveLength(1);
});

it("batches are taken in the order of their messages, and what has come of the last one with them", () => {
  arrive(7);
  expect(takenBatches()).toEqual(["1,2,3", "4,5,6", "7"]);
  expect(arrivals.take()).toBeUndefined();
});

it("the first message of each batch says that something waits", () => {
  expect(arrive(4)).toEqual([true, false, false, true]);
  takenBatches();
  expect(arrive(2)).toEqual([true, false]);
});

it("what was not taken can be given back, of full batches and of the one that is arriving", () => {
  arrive(7);
  arrivals.take();
  expect(arrivals.drain().map(({ seq }) => seq)).toEqual([4, 5, 6, 7]);
  expect(takenBatches()).toEqual([]);
  arrive(1);
  expect(takenBatches()).toEqual(["8"]);
});
