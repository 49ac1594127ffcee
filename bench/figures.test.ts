import { describe, expect, it } from "vitest";
import type { Case } from "./cases.ts";
import { figuresOf } from "./figures.ts";
import type { TimedRound, WatchedRound } from "./run-round.ts";

// Real: everything; the rounds are made up.

const CASE: Case = { sizeMb: 1, documentBytes: 1_000_000, concurrency: 8, modelDelayMs: 0 };

function timed(mails: number, latencyMs: number, processor?: TimedRound["processor"]): TimedRound {
  return {
    mails,
    latenciesMs: Array.from({ length: mails - CASE.concurrency }, () => latencyMs),
    durationMs: 1_000,
    busyAnswers: 1,
    processor,
    settled: mails < 100,
  };
}

function watched(peakBytes: number, busyAnswers = 0): WatchedRound {
  return { peakBytes, looks: 30, lookingShare: 0.05, busyAnswers };
}

describe("the figures of a case", () => {
  it("are medians of its rounds, and of their mails where a share of them is asked for", () => {
    const figures = figuresOf(CASE, [timed(48, 10), timed(58, 30), timed(108, 20)], [], 0);
    expect(figures).toMatchObject({ mailsPerSecond: 58, p50Ms: 20, p95Ms: 30, p99Ms: 30 });
    expect(figures).toMatchObject({ mails: 214, timedMails: 190, busyAnswers: 3, unsettledRounds: 1 });
    expect(figures.byRound).toHaveLength(3);
  });

  it("leave out what so few mails cannot say", () => {
    expect(figuresOf(CASE, [timed(16, 10)], [], 0)).toMatchObject({ p50Ms: 10, p95Ms: undefined, p99Ms: undefined });
  });

  it("count processor time by mail and by process, and tell none of somebody else's processes", () => {
    const rounds = [timed(10, 1, { ingest: 1, audit: 2 }), timed(20, 1, { ingest: 2, audit: 2 })];
    const { processor } = figuresOf(CASE, rounds, [], 0);
    expect(processor?.secondsPerMail).toBeCloseTo(0.25);
    expect(processor?.secondsPerMailByName["audit"]).toBeCloseTo(0.15);
    expect(figuresOf(CASE, [timed(10, 1)], [], 0)).toMatchObject({ processor: undefined, memory: undefined });
  });

  it("tell memory by its peak and by what that is above one idle figure", () => {
    const rounds = [watched(20_000_000), watched(24_000_000, 2), watched(99_000_000)];
    const { memory } = figuresOf(CASE, [timed(10, 1)], rounds, 8_000_000);
    expect(memory).toMatchObject({ peakPerByteInFlight: 3, growthPerByteInFlight: 2, looks: 90, busyAnswers: 2 });
  });
});
