import { describe, expect, it } from "vitest";
import type { CaseResult } from "../run-bench.ts";
import type { Figures } from "../run-case.ts";
import { targetsOf } from "./targets.ts";

function figures(mailsPerSecond: number, p50Ms: number, growthPerByteInFlight: number): Figures {
  const usage = {
    processorSecondsPerMail: 0.1,
    processorSecondsPerMailByName: {},
    peakBytes: 2,
    idleBytes: 1,
    growthPerByteInFlight,
  };
  return { mailsPerSecond, p50Ms, p95Ms: p50Ms, p99Ms: p50Ms, usage, busyAnswers: 0 };
}

function result(sizeMb: number, concurrency: number, flowstate: Figures, plain = figures(100, 10, 4)): CaseResult {
  const it = { sizeMb, concurrency, documentBytes: sizeMb * 1e6, mails: 1, modelDelayMs: 0 };
  return { case: it, flowstate, plain, other: undefined, stages: {} };
}

const reached = (cases: readonly CaseResult[], limits = {}) =>
  Object.fromEntries(targetsOf(cases, limits).map(({ name, reached }) => [name, reached]));

describe("a target", () => {
  it("is reached at its bound and missed beyond it", () => {
    expect(reached([result(1, 8, figures(100, 10, 4))])).toMatchObject({ "throughput beside plain, 1 MB × 8": true });
    expect(reached([result(1, 8, figures(99, 10, 4))])).toMatchObject({ "throughput beside plain, 1 MB × 8": false });
    expect(reached([result(1, 1, figures(1, 12.6, 4))])).toMatchObject({ "p50 beside plain, 1 MB × 1": false });
    expect(reached([result(20, 8, figures(1, 1, 2))])).toMatchObject({
      "memory per byte in flight beside plain, 20 MB × 8": true,
    });
    expect(reached([], { nats_chunks_1mb: 100, sealed_transfer_1mb: 49 })).toMatchObject({
      "sealed transfer beside plain chunks, 1 MB": false,
    });
  });

  it("that was not measured is not reached", () => {
    expect(new Set(targetsOf([], undefined).map(({ reached }) => reached))).toEqual(new Set([false]));
  });

  it("of the slow model counts the wait for a turn on a machine that is the limit, as the documents without the wait show it", () => {
    const saturated = result(0.1, 32, figures(20, 1, 1));
    const name = "p50 with a 3 s model, 200 at once, beside the ideal";
    expect(reached([saturated, result(0.1, 200, figures(1, 10_500, 1))])).toMatchObject({ [name]: true });
    expect(reached([saturated, result(0.1, 200, figures(1, 11_500, 1))])).toMatchObject({ [name]: false });
    const idle = result(0.1, 32, figures(1_000, 1, 1));
    expect(reached([idle, result(0.1, 200, figures(1, 3_500, 1))])).toMatchObject({ [name]: false });
  });
});
