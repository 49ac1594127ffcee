// Real: the log of strikes. Doubled: the time of day.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Victim } from "../plan/plan-run.ts";
import { Strikes } from "./strikes.ts";

const BEGAN = Date.parse("2026-11-01T12:00:00Z");
const LONG_MS = 5_000;

beforeEach(() => {
  vi.useFakeTimers({ now: BEGAN });
});
afterEach(() => {
  vi.useRealTimers();
});

function struck(victims: readonly Victim[], isErpSilent = false): Strikes {
  const strikes = new Strikes();
  const over = strikes.begin(victims, { isErpSilent });
  vi.setSystemTime(BEGAN + LONG_MS);
  over();
  return strikes;
}

describe("a strike", () => {
  it.each([
    ["before it", BEGAN - 2, BEGAN - 1, false],
    ["that ends when it begins", BEGAN - 1, BEGAN, true],
    ["within it", BEGAN + 1, BEGAN + 2, true],
    ["around it", BEGAN - 1, BEGAN + LONG_MS + 1, true],
    ["behind it", BEGAN + LONG_MS + 1, BEGAN + LONG_MS + 2, false],
  ])("is met by a time %s: from %d to %d", (_where, from, until, isMet) => {
    expect(struck(["ingest"]).anyBetween(from, until)).toBe(isMet);
  });

  it("lasts until it is over", () => {
    const strikes = new Strikes();
    strikes.begin(["nats-server"], { isErpSilent: false });
    expect(strikes.anyBetween(BEGAN + LONG_MS, BEGAN + LONG_MS)).toBe(true);
  });

  it.each<[Victim, boolean]>([
    ["ingest", true],
    ["erp-pusher", true],
    ["nats-server", true],
    ["extractor", false],
    ["audit", false],
    ["postgres", false],
  ])("of %s costs what is known of a push: %s", (victim, counts) => {
    expect(struck([victim]).anyBetween(BEGAN, BEGAN)).toBe(counts);
  });

  it("costs it whoever is struck, while the ERP is silent", () => {
    expect(struck(["postgres"], true).anyBetween(BEGAN, BEGAN)).toBe(true);
  });
});
