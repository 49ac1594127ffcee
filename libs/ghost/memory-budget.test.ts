import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryBudget, type Reservation } from "./memory-budget.ts";

/* Real: the budget. Nothing is doubled. */

describe("a memory budget", () => {
  it("is given until it is used up, and again when it is given back", () => {
    const budget = new MemoryBudget(100);
    const first = budget.tryReserve(60);
    expect(first?.bytes).toBe(60);
    expect(budget.tryReserve(41)).toBeUndefined();
    const second = budget.tryReserve(40);
    expect(budget.reservedBytes).toBe(100);
    first?.[Symbol.dispose]();
    expect(budget.reservedBytes).toBe(40);
    second?.[Symbol.dispose]();
    expect(budget.reservedBytes).toBe(0);
  });

  it("takes each reservation back once", () => {
    const budget = new MemoryBudget(100);
    const reservation = budget.tryReserve(50);
    budget.tryReserve(30);
    reservation?.[Symbol.dispose]();
    reservation?.[Symbol.dispose]();
    expect(budget.reservedBytes).toBe(30);
  });

  it("comes back when the block that reserved is left by an exception", () => {
    const budget = new MemoryBudget(100);
    expect(() => {
      using reservation = budget.tryReserve(70);
      expect(reservation?.bytes).toBe(70);
      throw new Error("half way");
    }).toThrow("half way");
    expect(budget.reservedBytes).toBe(0);
  });

  it("lets a reservation grow while there is room, and takes back what it has grown to", () => {
    const budget = new MemoryBudget(100);
    const first = budget.tryReserve(10);
    const second = budget.tryReserve(50);
    expect(first?.extendTo(50)).toBe(true);
    expect([first?.bytes, budget.reservedBytes]).toEqual([50, 100]);
    expect(second?.extendTo(51)).toBe(false);
    expect(second?.extendTo(20)).toBe(true);
    expect([second?.bytes, budget.reservedBytes]).toEqual([50, 100]);
    first?.[Symbol.dispose]();
    expect(first?.extendTo(60)).toBe(false);
    expect(budget.reservedBytes).toBe(50);
    expect(() => second?.extendTo(Number.NaN)).toThrow(RangeError);
    second?.[Symbol.dispose]();
    expect(budget.reservedBytes).toBe(0);
  });

  it("hands parts of a reservation on, each to be taken back by itself", () => {
    const budget = new MemoryBudget(100);
    const whole = budget.tryReserve(60);
    const [first, second] = [whole?.split(20), whole?.split(40)];
    expect([whole?.bytes, first?.bytes, second?.bytes, budget.reservedBytes]).toEqual([0, 20, 40, 60]);
    expect(() => whole?.split(1)).toThrow(RangeError);
    expect(() => second?.split(-1)).toThrow(RangeError);
    whole?.[Symbol.dispose]();
    second?.[Symbol.dispose]();
    expect(() => second?.split(1)).toThrow(RangeError);
    expect(budget.reservedBytes).toBe(20);
    expect(first?.extendTo(100)).toBe(true);
    first?.[Symbol.dispose]();
    expect(budget.reservedBytes).toBe(0);
  });

  it("never gives what is larger than itself, and always gives nothing", () => {
    const budget = new MemoryBudget(100);
    expect(budget.tryReserve(101)).toBeUndefined();
    expect(budget.tryReserve(0)?.bytes).toBe(0);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("throws for %d, which is no size", (bytes) => {
    const budget = new MemoryBudget(100);
    expect(() => budget.tryReserve(bytes)).toThrow(RangeError);
    expect(budget.reservedBytes).toBe(0);
  });

  it("is never exceeded, whatever is reserved and given back in whatever order", () => {
    const step = fc.record({ bytes: fc.nat(50), release: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const budget = new MemoryBudget(100);
        const held: Reservation[] = [];
        for (const { bytes, release } of steps) {
          const reservation = budget.tryReserve(bytes);
          if (reservation !== undefined) held.push(reservation);
          const released = held.splice(release, 1)[0];
          released?.[Symbol.dispose]();
          expect(budget.reservedBytes).toBe(held.reduce((sum, each) => sum + each.bytes, 0));
          expect(budget.reservedBytes).toBeLessThanOrEqual(budget.limitBytes);
        }
      }),
    );
  });
});
