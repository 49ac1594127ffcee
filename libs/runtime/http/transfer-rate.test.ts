import { describe, expect, it } from "vitest";
import { TransferRate } from "./transfer-rate.ts";

/* Real: the measurement. Doubled: the clock. */

const SECOND = 1_000;

/** A body at 1,000 bytes/s at least, over ten seconds; looked at every second, as a timer would. */
function body(minBytesPerSecond = 1_000) {
  let time = 5_000;
  const rate = new TransferRate({ minBytesPerSecond, graceMs: 10 * SECOND, now: () => time });
  return {
    rate,
    /** The second at whose end the body was too slow, if it was. */
    arrives: (seconds: number, bytesPerSecond: number): number | undefined => {
      for (let second = 1; second <= seconds; second += 1) {
        time += SECOND;
        if (bytesPerSecond > 0) rate.received(bytesPerSecond);
        if (rate.isTooSlow()) return second;
      }
      return undefined;
    },
    pass: (ms: number) => {
      time += ms;
    },
  };
}

describe("a body is not too slow", () => {
  it.each([1_000, 1_001, 1_000_000])("at %i bytes/s, for an hour", (bytesPerSecond) => {
    expect(body().arrives(3_600, bytesPerSecond)).toBeUndefined();
  });

  it("during the grace, whatever arrives", () => {
    expect(body().arrives(9, 0)).toBeUndefined();
  });

  it("when it pauses for less than the grace between bursts that make up for it", () => {
    const { arrives } = body();
    for (let burst = 0; burst < 100; burst += 1) {
      expect(arrives(1, 10_000)).toBeUndefined();
      expect(arrives(8, 0)).toBeUndefined();
    }
  });

  it("when no minimum is asked for", () => {
    expect(body(0).arrives(3_600, 0)).toBeUndefined();
  });

  it("because this process was held up itself", () => {
    const { arrives, pass, rate } = body();
    expect(arrives(60, 2_500)).toBeUndefined();
    pass(3_600 * SECOND);
    expect(rate.isTooSlow()).toBe(false);
    expect(arrives(60, 2_500)).toBeUndefined();
  });

  it("when it arrives in crumbs between two looks", () => {
    const { rate, pass } = body();
    for (let crumb = 0; crumb < 100_000; crumb += 1) {
      pass(1);
      rate.received(1);
      if (crumb % 250 === 0) expect(rate.isTooSlow()).toBe(false);
    }
  });
});

describe("a body is too slow", () => {
  it.each([0, 1, 500, 900])("as soon as the grace is over, at %i bytes/s", (bytesPerSecond) => {
    expect(body().arrives(60, bytesPerSecond)).toBe(10);
  });

  it.each([1_000, 1_000_000_000])(
    "within one window and a tenth after %i bytes/s become a trickle",
    (bytesPerSecond) => {
      const { arrives } = body();
      expect(arrives(100, bytesPerSecond)).toBeUndefined();
      expect(arrives(60, 1)).toBeLessThanOrEqual(11);
    },
  );

  it("also when it began with all that the grace asks for", () => {
    const { rate, arrives } = body();
    rate.received(10_000);
    expect(arrives(60, 0)).toBeLessThanOrEqual(11);
  });

  it("also when nobody looked for a while, at the next looks", () => {
    const { rate, pass } = body();
    pass(3_600 * SECOND);
    expect(rate.isTooSlow()).toBe(false);
    pass(3_600 * SECOND);
    expect(rate.isTooSlow()).toBe(true);
  });
});
