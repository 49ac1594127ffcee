import { describe, expect, it } from "vitest";
import { CircuitBreaker, FAULTS_TO_OPEN, PAUSE_MS } from "./circuit-breaker.ts";

// Pure: the clock is a number.

function breakerWithClock() {
  let now = 0;
  const breaker = new CircuitBreaker(() => now);
  const attempt = (isThere: boolean) => {
    using pass = breaker.tryPass();
    return pass === undefined ? "kept back" : pass.settle(isThere);
  };
  const fail = (times: number) => Array.from({ length: times }, () => attempt(false));
  return { breaker, attempt, fail, pass: (milliseconds: number) => (now += milliseconds) };
}

describe("the circuit of an ERP", () => {
  it("opens after so many faults in a row, and says so once", () => {
    const { breaker, fail } = breakerWithClock();
    expect(fail(FAULTS_TO_OPEN - 1).filter((change) => change !== undefined)).toEqual([]);
    expect(breaker.open).toBe(false);
    expect(fail(1)).toEqual(["opened"]);
    expect(breaker.open).toBe(true);
    expect(fail(2)).toEqual(["kept back", "kept back"]);
  });

  it("does not open while an answer comes in between", () => {
    const { breaker, attempt, fail } = breakerWithClock();
    for (let round = 0; round < 5; round += 1) {
      fail(FAULTS_TO_OPEN - 1);
      expect(attempt(true)).toBeUndefined();
    }
    expect(breaker.open).toBe(false);
  });

  it("lets one attempt through after the pause, and closes when there is an answer", () => {
    const { breaker, attempt, fail, pass } = breakerWithClock();
    fail(FAULTS_TO_OPEN);
    pass(PAUSE_MS - 1);
    expect(attempt(true)).toBe("kept back");
    pass(1);
    using probe = breaker.tryPass();
    expect(attempt(true)).toBe("kept back");
    expect(probe?.settle(true)).toBe("closed");
    expect(breaker.open).toBe(false);
    expect(fail(FAULTS_TO_OPEN).at(-1)).toBe("opened");
  });

  it("pauses again, without a word, when the one attempt fails", () => {
    const { breaker, attempt, fail, pass } = breakerWithClock();
    fail(FAULTS_TO_OPEN);
    pass(PAUSE_MS);
    expect(attempt(false)).toBeUndefined();
    pass(PAUSE_MS - 1);
    expect(breaker.open).toBe(true);
    pass(1);
    expect(breaker.open).toBe(false);
  });

  it("lets another through when nothing was learnt from the one: its caller went away", () => {
    const { breaker, attempt, fail, pass } = breakerWithClock();
    fail(FAULTS_TO_OPEN);
    pass(PAUSE_MS);
    breaker.tryPass()?.[Symbol.dispose]();
    expect(attempt(true)).toBe("closed");
  });

  it("learns nothing from a pass that is settled twice or disposed afterwards", () => {
    const { breaker, fail } = breakerWithClock();
    const settled = breaker.tryPass();
    settled?.settle(false);
    settled?.settle(false);
    settled?.[Symbol.dispose]();
    expect(fail(FAULTS_TO_OPEN - 1).at(-1)).toBe("opened");
    expect(breaker.open).toBe(true);
  });

  it("is not kept open longer by attempts that began before it opened, and closes when one of them is answered", () => {
    const { breaker, fail, pass } = breakerWithClock();
    const [slow, slower] = [breaker.tryPass(), breaker.tryPass()];
    fail(FAULTS_TO_OPEN);
    pass(PAUSE_MS - 1);
    expect(slow?.settle(false)).toBeUndefined();
    pass(1);
    expect(breaker.open).toBe(false);
    expect(slower?.settle(true)).toBe("closed");
  });
});
