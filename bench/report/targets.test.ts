import { describe, expect, it } from "vitest";
import type { Figures } from "../figures.ts";
import type { CaseResult } from "../run-bench.ts";
import { exitCodeOf, type Measuring, type Target, targetsOf } from "./targets.ts";

const FIVE_ROUNDS: Measuring = { rounds: 5, short: false };
const MEMORY = "peak memory per byte in flight beside plain, 20 MB × 8";
const SLOW_MODEL = "p50 with a 3 s model, 200 at once, beside the ideal";

interface Given {
  readonly mailsPerSecond?: number;
  readonly p50Ms?: number;
  readonly peakPerByteInFlight?: number;
  readonly growthPerByteInFlight?: number;
  readonly busyAnswers?: number;
}

function figures({
  mailsPerSecond = 100,
  p50Ms = 10,
  peakPerByteInFlight = 4,
  growthPerByteInFlight = 2,
  busyAnswers = 0,
}: Given): Figures {
  const bytes = { peakBytes: 2, idleBytes: 1, peakPerByteInFlight, growthPerByteInFlight };
  return {
    mailsPerSecond,
    p50Ms,
    p95Ms: p50Ms,
    p99Ms: undefined,
    processor: { secondsPerMail: 0.1, secondsPerMailByName: {} },
    memory: { ...bytes, looks: 30, lookingShare: 0.1, busyAnswers },
    mails: 1_234,
    timedMails: 1_226,
    busyAnswers: 0,
    unsettledRounds: 0,
    byRound: [],
  };
}

function result(sizeMb: number, concurrency: number, flowstate: Given, plain: Given = {}): CaseResult {
  const it = { sizeMb, concurrency, documentBytes: sizeMb * 1e6, modelDelayMs: 0 };
  return { case: it, flowstate: figures(flowstate), plain: figures(plain), other: undefined, stages: {} };
}

const verdicts = (cases: readonly CaseResult[], limits = {}, measuring = FIVE_ROUNDS) =>
  Object.fromEntries(targetsOf(cases, limits, measuring).map(({ name, verdict }) => [name, verdict]));

const target = (name: string, cases: readonly CaseResult[]): Target | undefined =>
  targetsOf(cases, undefined, FIVE_ROUNDS).find((it) => it.name === name);

describe("a target", () => {
  it("is reached at its bound and missed beyond it", () => {
    const throughput = "throughput beside plain, 1 MB × 8";
    expect(verdicts([result(1, 8, { mailsPerSecond: 100 })])).toMatchObject({ [throughput]: "reached" });
    expect(verdicts([result(1, 8, { mailsPerSecond: 99 })])).toMatchObject({ [throughput]: "not reached" });
    const small = "throughput beside plain, 0.1 MB × 8";
    expect(verdicts([result(0.1, 8, { mailsPerSecond: 80 })])).toMatchObject({ [small]: "reached" });
    const p50 = "p50 beside plain, 1 MB × 1";
    expect(verdicts([result(1, 1, { p50Ms: 12.5 })])).toMatchObject({ [p50]: "reached" });
    expect(verdicts([result(1, 1, { p50Ms: 12.6 })])).toMatchObject({ [p50]: "not reached" });
    expect(verdicts([], { nats_chunks_1mb: 100, sealed_transfer_1mb: 49 })).toMatchObject({
      "sealed transfer beside plain chunks, 1 MB": "not reached",
    });
  });

  it("says from how many mails its figure comes", () => {
    expect(target("throughput beside plain, 1 MB × 8", [result(1, 8, {})])?.notes.join()).toContain("1234 and 1234");
  });

  it("that was not measured is among them all the same", () => {
    const targets = targetsOf([result(5, 8, {})], undefined, FIVE_ROUNDS);
    expect(targets.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 7 }, () => "not measured"));
  });

  it("of less than five rounds, or of the short form, is not judged", () => {
    const cases = [result(1, 8, {}), result(1, 1, { p50Ms: 99 })];
    for (const measuring of [
      { rounds: 4, short: false },
      { rounds: 5, short: true },
    ]) {
      const judged = targetsOf(cases, undefined, measuring).filter(({ measured }) => measured !== undefined);
      expect(judged.map(({ verdict }) => verdict)).toEqual(["not judged", "not judged"]);
    }
    expect(targetsOf(cases, undefined, { rounds: 1, short: false })[0]?.notes[0]).toBe(
      "too few rounds to judge: 1 of 5",
    );
  });
});

describe("the target of memory", () => {
  it("goes by the peak, whatever the growth, which it tells", () => {
    const measured = target(MEMORY, [result(20, 8, { peakPerByteInFlight: 2, growthPerByteInFlight: 1.5 })]);
    expect(measured).toMatchObject({ measured: 0.5, verdict: "reached" });
    expect(measured?.notes.join()).toContain("above the idle sides: 0.75");
  });

  it("is not judged when a side was busy: then less was in flight than it is divided by", () => {
    const measured = target(MEMORY, [result(20, 8, { peakPerByteInFlight: 1, busyAnswers: 17 })]);
    expect(measured?.verdict).toBe("not judged");
    expect(measured?.notes[0]).toContain("17 and 0 answers were 503");
  });
});

describe("the target of the slow model", () => {
  it("counts the wait for a turn on a machine that is the limit, as the documents without the wait show it", () => {
    const saturated = result(0.1, 32, { mailsPerSecond: 20 });
    expect(verdicts([saturated, result(0.1, 200, { p50Ms: 10_500 })])).toMatchObject({ [SLOW_MODEL]: "reached" });
    expect(verdicts([saturated, result(0.1, 200, { p50Ms: 11_500 })])).toMatchObject({ [SLOW_MODEL]: "not reached" });
    const idle = result(0.1, 32, { mailsPerSecond: 1_000 });
    expect(verdicts([idle, result(0.1, 200, { p50Ms: 3_500 })])).toMatchObject({ [SLOW_MODEL]: "not reached" });
  });

  it("says that its ideal is Flowstate's own, and what does not depend on it", () => {
    const cases = [result(0.1, 32, { mailsPerSecond: 20 }), result(0.1, 200, { p50Ms: 10_500 }, { p50Ms: 3_500 })];
    const notes = target(SLOW_MODEL, cases)?.notes.join();
    expect(notes).toContain("this ideal is of Flowstate's own making: 10.00 s");
    expect(notes).toContain("p50 10.50 s, 3.50 of the 3 s alone");
    expect(notes).toContain("plain 3.50 s, 1.17 of the 3 s");
    expect(notes).toContain("Flowstate beside plain 3.00");
  });
});

describe("the exit code", () => {
  const of = (...given: Target["verdict"][]) =>
    exitCodeOf(given.map((verdict) => ({ name: "", wanted: "", measured: undefined, verdict, notes: [] })));

  it("is success only when every target is reached", () => {
    expect(of("reached", "reached")).toBe(0);
    expect(of("reached", "not reached", "not measured")).toBe(1);
    expect(of("reached", "not measured")).toBe(2);
    expect(of("reached", "not judged")).toBe(2);
  });
});
