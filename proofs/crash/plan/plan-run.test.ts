// Real: the plans, and the mails that are built from them. Doubled: nothing; plans have no input but a seed.
import { describe, expect, it } from "vitest";
import { newMark, Planter } from "../../prove/canaries/canary.ts";
import { MOMENT_NAMES, MOMENTS } from "../moments/moments.ts";
import { buildCrashMail } from "./build-mail.ts";
import { type PlannedRun, planRun } from "./plan-run.ts";

const RUNS = 1_000;
const plansOf = (seed: number): PlannedRun[] => Array.from({ length: RUNS }, (_, number) => planRun(seed, number));
const plans = plansOf(7);

describe("the plan of a run", () => {
  it("is the same again with the same seed and number, whichever runs are planned beside it", () => {
    expect(plansOf(7)).toEqual(plans);
    expect(planRun(7, 333)).toEqual(plans[333]);
  });

  it("is another with another seed", () => {
    const others = plansOf(8);
    const same = plans.filter((plan, number) => JSON.stringify(plan) === JSON.stringify(others[number]));
    expect(same.length).toBeLessThan(RUNS / 20);
  });

  it.each(MOMENT_NAMES)("strikes when %s, and then mostly whoever has reached it", (name) => {
    const there = plans.filter(({ when }) => when.kind === "moment" && when.name === name);
    expect(there.length).toBeGreaterThan(20);
    const own = there.filter(({ victims }) => victims.includes(MOMENTS[name].service));
    expect(own.length / there.length).toBeGreaterThan(0.6);
  });

  it("strikes every part, pairs of them, at any time, and when the ERP was pushed to; and stops instead of killing", () => {
    expect(new Set(plans.flatMap(({ victims }) => victims))).toEqual(
      new Set(["ingest", "extractor", "erp-pusher", "audit", "nats-server", "postgres"]),
    );
    expect(new Set(plans.map(({ when }) => when.kind))).toEqual(new Set(["moment", "pushed", "any_time"]));
    expect(plans.some(({ victims }) => victims.length === 2)).toBe(true);
    const paused = plans.filter(({ pauseMs }) => pauseMs !== undefined).flatMap(({ victims }) => victims);
    expect(new Set(paused).size).toBeGreaterThanOrEqual(5);
    expect(plans.every(({ victims }) => new Set(victims).size === victims.length)).toBe(true);
  });

  it.each(MOMENT_NAMES)("strikes either of two instances when %s", (name) => {
    const there = plans.filter(({ when }) => when.kind === "moment" && when.name === name);
    expect(new Set(there.map(({ instance }) => instance % 2)).size).toBe(2);
  });

  it("brings a document that can be read, so that its moment comes", () => {
    const first = new Set(plans.flatMap(({ mails }) => mails.map(({ documents }) => documents[0]?.kind)));
    expect(first).toEqual(new Set(["small", "large", "scan", "unsteady"]));
    const counted = plans.filter(({ when }) => when.kind === "moment" && when.count > 1);
    expect(counted.length).toBeGreaterThan(0);
    for (const { mails } of counted) expect(mails[0]?.documents[0]?.kind).toBe("large");
  });
});

describe("the mail of a plan", () => {
  const kinds = ["small", "large", "scan", "unsteady", "unreadable"] as const;

  it("has each document with a number of its own, and says how it may end", async () => {
    const planter = new Planter(newMark(), 1);
    const planned = { documents: kinds.map((kind) => ({ kind })), again: false };
    const { mail, documents } = await buildCrashMail(planned, {
      planter,
      messageId: "<1@test>",
      to: "in@acme.example",
    });
    expect(mail.documents).toHaveLength(kinds.length);
    expect(documents.map(({ mayEnd }) => mayEnd.join(" or "))).toEqual([
      "delivered",
      "delivered",
      "delivered",
      "delivered or model_refused_document",
      "document_not_pdf",
    ]);
    const numbers = documents.map(({ number }) => number);
    expect(numbers.at(-1)).toBeUndefined();
    expect(new Set(numbers).size).toBe(kinds.length);
    expect(documents.map(({ reading }) => reading?.once)).toEqual([undefined, undefined, false, true, undefined]);
  });
});
