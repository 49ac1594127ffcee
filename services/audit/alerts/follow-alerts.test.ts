// Real: how alerts follow what is found. Doubled: the clock, and what was found.
import { describe, expect, it } from "vitest";
import type { Alert, Trouble } from "./alert.ts";
import { afterTelling, followAlerts } from "./follow-alerts.ts";

const START = Date.parse("2026-11-28T10:00:00.000Z");
const at = (seconds: number) => new Date(START + seconds * 1_000);
const trouble: Trouble = {
  rule: "documents_held_by_erp",
  tenant_id: "acme",
  affected: 3,
  code: "erp_unavailable",
  document_id: "0b8e7a2c-90c4-8f64-8d5e-5d1f2c3b4a02",
};

/** Looks at these moments, with what is found at each, everything told unless said otherwise. */
function look(known: readonly Alert[], found: readonly Trouble[], seconds: number, told = true) {
  const followed = followAlerts(known, found, at(seconds));
  return { ...followed, known: afterTelling(followed, told, at(seconds)) };
}

describe("an alert", () => {
  it("is told once, however long the trouble lasts", () => {
    const first = look([], [trouble], 0);
    expect(first.opened).toMatchObject([{ ...trouble, opened_at: at(0).toISOString() }]);
    const second = look(first.known, [{ ...trouble, affected: 7 }], 30);
    expect([second.opened, second.recovered]).toEqual([[], []]);
    expect(second.known).toMatchObject([{ affected: 7, opened_at: at(0).toISOString() }]);
  });

  it("is told again at every look until it could be told", () => {
    const first = look([], [trouble], 0, false);
    const second = look(first.known, [trouble], 30, false);
    const third = look(second.known, [trouble], 60);
    expect(second.opened).toHaveLength(1);
    expect(third.opened).toHaveLength(1);
    expect(look(third.known, [trouble], 90).opened).toEqual([]);
  });

  it("is over when its trouble has stayed away for two minutes", () => {
    const opened = look([], [trouble], 0);
    const quiet = look(opened.known, [], 30);
    expect(quiet.recovered).toEqual([]);
    expect(look(quiet.known, [], 149).recovered).toEqual([]);
    const over = look(quiet.known, [], 150);
    expect(over.recovered).toMatchObject([{ rule: trouble.rule, opened_at: at(0).toISOString() }]);
    expect(over.known).toEqual([]);
  });

  it("is not over while a document is tried once more", () => {
    const opened = look([], [trouble], 0);
    const trying = look(opened.known, [], 100);
    const back = look(trying.known, [trouble], 130);
    expect(back.known).toMatchObject([{ quiet_since: null }]);
    expect(look(back.known, [], 230).recovered).toEqual([]);
  });

  it("that was over before anybody could be told is told with its end", () => {
    const opened = look([], [trouble], 0, false);
    const quiet = look(opened.known, [], 30, false);
    const over = look(quiet.known, [], 160);
    expect([over.opened, over.recovered]).toMatchObject([[trouble], [trouble]]);
    expect(over.known).toEqual([]);
  });

  it("is forgotten an hour after its end when nobody could be told", () => {
    const opened = look([], [trouble], 0, false);
    const quiet = look(opened.known, [], 30, false);
    expect(look(quiet.known, [], 3_629, false).known).toHaveLength(1);
    expect(look(quiet.known, [], 3_630, false).known).toEqual([]);
  });

  it("is one for each rule and tenant", () => {
    const others = [trouble, { ...trouble, tenant_id: "globex" }, { ...trouble, rule: "documents_held" as const }];
    expect(look(look([], [trouble], 0).known, others, 30).opened).toHaveLength(2);
  });
});
