import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allowsAttempt, attemptLimitMs, planRepair, planRepeat } from "./plan-repeat.ts";
import type { TransportFault } from "./transport.ts";

// Real: the plans. Pure; chance is a number here.

const overloaded: TransportFault = { kind: "status", status: 503 };
const told = (retryAfterMs: number): TransportFault => ({ kind: "status", status: 429, retryAfterMs });
const plan = (fault: TransportFault, attempts: number, leftMs = 60_000, random = 0) =>
  planRepeat(fault, true, { attempts, leftMs }, () => random);

describe("planRepeat", () => {
  it("waits longer after every fault, half of it by chance", () => {
    expect([1, 2, 3].map((attempts) => plan(overloaded, attempts))).toEqual([
      { next: "ask", afterMs: 500 },
      { next: "ask", afterMs: 1_000 },
      { next: "ask", afterMs: 2_000 },
    ]);
    expect(plan(overloaded, 2, 60_000, 0.5)).toEqual({ next: "ask", afterMs: 1_500 });
  });

  it("gives up after four requests", () => {
    expect(plan(overloaded, 4)).toEqual({ next: "give_up" });
  });

  it("gives up at once over a fault that does not pass", () => {
    expect(planRepeat(overloaded, false, { attempts: 1, leftMs: 60_000 }, () => 0)).toEqual({ next: "give_up" });
  });

  it("comes back no sooner than it was told, and not together with all the others", () => {
    expect(plan(told(3_000), 1, 60_000, 0)).toEqual({ next: "ask", afterMs: 3_500 });
    expect(plan(told(3_000), 1, 60_000, 0.999)).toEqual({ next: "ask", afterMs: 4_000 });
  });

  it("gives up at once when it is told to wait longer than there is time", () => {
    expect(plan(told(60_000), 1, 60_000)).toEqual({ next: "give_up" });
    expect(plan(told(58_501), 1, 60_000)).toEqual({ next: "give_up" });
    expect(plan(told(58_500), 1, 60_000)).toEqual({ next: "ask", afterMs: 59_000 });
  });

  it("never plans a pause that leaves no time for a request, nor more than four requests", () => {
    const faults = fc.oneof(fc.constant(overloaded), fc.nat(200_000).map(told));
    const chance = fc.double({ min: 0, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(
        faults,
        fc.integer({ min: 1, max: 8 }),
        fc.nat(100_000),
        chance,
        (fault, attempts, leftMs, random) => {
          const planned = plan(fault, attempts, leftMs, random);
          if (planned.next === "give_up") return;
          expect(attempts).toBeLessThan(4);
          expect(allowsAttempt(leftMs - planned.afterMs)).toBe(true);
          expect(planned.afterMs).toBeGreaterThanOrEqual(fault.kind === "status" ? (fault.retryAfterMs ?? 0) : 0);
        },
      ),
    );
  });
});

describe("planRepair", () => {
  it("asks once more, at once, and never a second time", () => {
    expect(planRepair({ attempts: 1, leftMs: 60_000 }, false)).toEqual({ next: "ask", afterMs: 0 });
    expect(planRepair({ attempts: 2, leftMs: 60_000 }, true)).toEqual({ next: "give_up" });
  });

  it("gives up without time or requests left", () => {
    expect(planRepair({ attempts: 1, leftMs: 999 }, false)).toEqual({ next: "give_up" });
    expect(planRepair({ attempts: 4, leftMs: 60_000 }, false)).toEqual({ next: "give_up" });
  });
});

describe("attemptLimitMs", () => {
  it("leaves a third of the time for another request, but for the last one", () => {
    expect([0, 1, 2, 3].map((attempts) => attemptLimitMs({ attempts, leftMs: 90_000 }))).toEqual([
      60_000, 60_000, 60_000, 90_000,
    ]);
  });
});
