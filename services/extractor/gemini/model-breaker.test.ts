import { beforeEach, describe, expect, it } from "vitest";
import { ModelBreaker, type Verdict } from "./model-breaker.ts";

// Real: the breaker. Time is a number here.

let now: number;
let changes: boolean[];
let breaker: ModelBreaker;
beforeEach(() => {
  now = 1_000;
  changes = [];
  breaker = new ModelBreaker(
    () => now,
    (open) => changes.push(open),
  );
});

/** One document that passes and meets this at the model. Whether it passed. */
function send(verdict: Verdict): boolean {
  using passage = breaker.enter();
  passage?.conclude(verdict);
  return passage !== undefined;
}

function fail(documents: number): void {
  for (let document = 0; document < documents; document += 1) send("failing");
}

describe("ModelBreaker", () => {
  it("opens when the model fails five documents in a row", () => {
    fail(4);
    expect(breaker.open).toBe(false);
    fail(1);
    expect(breaker.open).toBe(true);
    expect(send("answering")).toBe(false);
    expect(changes).toEqual([true]);
  });

  it("stays closed while documents are answered in between, and whatever is the documents' own fault", () => {
    for (let round = 0; round < 10; round += 1) {
      fail(4);
      send("answering");
      send("unknown");
    }
    expect(breaker.open).toBe(false);
  });

  it("counts a document once, whatever is said of it", () => {
    using passage = breaker.enter();
    for (let attempt = 0; attempt < 10; attempt += 1) passage?.conclude("failing");
    fail(3);
    expect(breaker.open).toBe(false);
  });

  it("opens at once when the day's quota is used up, and for longer", () => {
    send("exhausted");
    now += 299_999;
    expect(send("answering")).toBe(false);
    now += 1;
    expect(send("answering")).toBe(true);
    expect(changes).toEqual([true, false]);
  });

  it("lets one document through after half a minute, and no other until it is back", () => {
    fail(5);
    now += 29_999;
    expect(breaker.approachable).toBe(false);
    now += 1;
    expect(breaker.approachable).toBe(true);
    const probe = breaker.enter();
    expect(probe?.probe).toBe(true);
    expect(breaker.approachable).toBe(false);
    expect(breaker.enter()).toBeUndefined();
    probe?.conclude("answering");
    expect(breaker.open).toBe(false);
    expect(breaker.enter()?.probe).toBe(false);
  });

  it("stays open for as long again when the probe fails", () => {
    fail(5);
    now += 30_000;
    expect(send("failing")).toBe(true);
    now += 29_999;
    expect(send("answering")).toBe(false);
    now += 1;
    expect(send("answering")).toBe(true);
    expect(changes).toEqual([true, false]);
  });

  it("tries another one when nothing became of the probe", () => {
    fail(5);
    now += 30_000;
    breaker.enter()?.[Symbol.dispose]();
    expect(breaker.open).toBe(true);
    expect(breaker.enter()?.probe).toBe(true);
  });

  it("does not stay open for longer because of documents that were sent before and fail late", () => {
    const late = breaker.enter();
    fail(5);
    now += 20_000;
    late?.conclude("failing");
    now += 10_000;
    expect(breaker.approachable).toBe(true);
  });

  it("closes when a document that was sent before is answered after all", () => {
    const late = breaker.enter();
    fail(5);
    late?.conclude("answering");
    expect(breaker.open).toBe(false);
    expect(changes).toEqual([true, false]);
  });
});
