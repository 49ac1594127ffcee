import type { PushOutcome } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { FAULTS_TO_OPEN, PAUSE_MS } from "./circuit-breaker.ts";
import { ErpGate, type Leave } from "./erp-gate.ts";

// Real: breaker and slots. Doubled: the clock, a number.

const AMPLE_MS = 60_000;
const nobody = new AbortController().signal;
const DELIVERED: PushOutcome = { result: "delivered", erp_http_status: 200, attempts: 1 };
const UNAVAILABLE: PushOutcome = { result: "deferred", code: "erp_unavailable", attempts: 1 };
const REJECTED: PushOutcome = { result: "undeliverable", code: "erp_rejected", erp_http_status: 422, attempts: 1 };
const GONE: PushOutcome = { result: "undeliverable", code: "erp_gone", erp_http_status: 410, attempts: 1 };

function gateWithClock(maxConcurrency = 8) {
  let now = 0;
  const gate = new ErpGate({ maxConcurrency, shareBytes: 100, elapsedMs: () => now });
  const enter = async (): Promise<Leave> => {
    const leave = await gate.enter(AMPLE_MS, nobody);
    if (typeof leave === "string") throw new Error(`closed: ${leave}`);
    return leave;
  };
  const attempt = async (outcome: PushOutcome) => {
    using leave = await enter();
    return leave.settle(outcome);
  };
  return { gate, enter, attempt, pass: (milliseconds: number) => (now += milliseconds) };
}

describe("the gate before an ERP", () => {
  it("is open to an ERP that answers, whatever it answers", async () => {
    const { gate, attempt } = gateWithClock();
    for (let round = 0; round <= FAULTS_TO_OPEN; round += 1) {
      await attempt(UNAVAILABLE);
      await attempt(round % 2 === 0 ? DELIVERED : REJECTED);
    }
    expect(gate.closed).toBeUndefined();
  });

  it("is closed for good once the ERP says that its endpoint is gone, and says so once", async () => {
    const { gate, enter, attempt, pass } = gateWithClock();
    using other = await enter();
    expect(await attempt(GONE)).toBe("gone");
    expect(other.settle(GONE)).toBeUndefined();
    pass(365 * 24 * 3_600_000);
    expect(gate.closed).toBe("gone");
    expect(await gate.enter(AMPLE_MS, nobody)).toBe("gone");
  });

  it("is closed for a while after faults in a row, for those that wait as well", async () => {
    const { gate, enter, attempt, pass } = gateWithClock(1);
    for (let faults = 1; faults < FAULTS_TO_OPEN; faults += 1) await attempt(UNAVAILABLE);
    const last = await enter();
    const waiting = [gate.enter(AMPLE_MS, nobody), gate.enter(AMPLE_MS, nobody)];
    expect(last.settle(UNAVAILABLE)).toBe("opened");
    last[Symbol.dispose]();
    expect(await Promise.all(waiting)).toEqual(["paused", "paused"]);
    expect(gate.closed).toBe("paused");
    pass(PAUSE_MS);
    expect(gate.closed).toBeUndefined();
    expect(await attempt(DELIVERED)).toBe("closed");
  });

  it("tells those that wait when the endpoint has gone meanwhile", async () => {
    const { gate, enter } = gateWithClock(1);
    const leave = await enter();
    const waiting = gate.enter(AMPLE_MS, nobody);
    leave.settle(GONE);
    leave[Symbol.dispose]();
    expect(await waiting).toBe("gone");
  });

  it("lets in so many at once", async () => {
    const { gate, enter } = gateWithClock(2);
    using _first = await enter();
    using _second = await enter();
    expect(await gate.enter(5, nobody)).toBe("late");
  });

  it("gives the slot back when nothing was learnt", async () => {
    const { enter } = gateWithClock(1);
    (await enter())[Symbol.dispose]();
    (await enter())[Symbol.dispose]();
    expect(await enter()).toBeDefined();
  });
});
