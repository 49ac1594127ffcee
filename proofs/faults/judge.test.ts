// Real: the comparison of a statement with what was seen. Doubled: what was seen, as facts.
import { describe, expect, it } from "vitest";
import { deviationsOf } from "./judge.ts";
import type { SeenCell, SeenDocument } from "./seen.ts";
import { BOUNDS, RECORDED_WITHIN_MS, type Statement } from "./table/cell.ts";

const STATED: Statement = {
  answer: [503],
  deferred: ["erp_unavailable"],
  logs: ["delivery.ended"],
  notReady: ["audit"],
  within: "with the next mails",
  because: "it is an example",
};
const ID = "a";
const event = (type: string, code: string | null = null) => ({ type: `document.${type}`, code });
const DOCUMENT: SeenDocument = {
  documentId: ID,
  completeAt: 0,
  events: [
    event("received"),
    event("claimed"),
    event("extracted"),
    event("deferred", "erp_unavailable"),
    event("wiped"),
    event("claimed"),
    event("delivered"),
    event("wiped"),
  ],
  bookedAs: [ID],
  sentAfterAnswer: 0,
};
const OTHER: SeenDocument = {
  documentId: "b",
  completeAt: 0,
  events: [event("received"), event("claimed"), event("extracted"), event("delivered"), event("wiped")],
  bookedAs: ["b"],
  sentAfterAnswer: 0,
};
const SEEN: SeenCell = {
  answer: 503,
  body: { error: "temporarily_unavailable" },
  retryAfter: "30",
  document: DOCUMENT,
  others: [OTHER],
  met: 1,
  logs: new Set(["delivery.ended", "events.stored"]),
  notReady: new Set(["audit"]),
  recoveredMs: BOUNDS["with the next mails"],
  recordedMs: RECORDED_WITHIN_MS,
  restarted: false,
};
const without = (type: string) => DOCUMENT.events.filter((each) => each.type !== `document.${type}`);

describe("a cell", () => {
  it("holds when everything is as stated", () => {
    expect(deviationsOf(STATED, SEEN)).toEqual([]);
  });

  it.each<[string, Partial<SeenCell>]>([
    ["nobody met the fault", { met: 0 }],
    ["the sender was answered 200", { answer: 200 }],
    ["the sender was answered 500", { answer: 500 }],
    ["a 503 said something else than why", { body: { error: "temporarily_unavailable", hint: "x" } }],
    ["a 503 did not say when to come again", { retryAfter: undefined }],
    ["on record after 80001 ms, not within 80000 ms", { recordedMs: RECORDED_WITHIN_MS + 1 }],
    ["audit said that it is ready", { notReady: new Set() }],
    ["ingest said that it is not ready", { notReady: new Set(["audit", "ingest"]) }],
    ["nobody logged delivery.ended", { logs: new Set() }],
    ["a service was started again", { restarted: true }],
    [
      "well again after 20001 ms, not with the next mails (20000 ms)",
      { recoveredMs: BOUNDS["with the next mails"] + 1 },
    ],
  ])("does not hold, and it is said why: %s", (deviation, seen) => {
    expect(deviationsOf(STATED, { ...SEEN, ...seen })).toEqual([deviation]);
  });

  it.each<[string, Partial<SeenDocument>]>([
    ["lost: the ERP does not have the document", { bookedAs: [] }],
    ["doubled: the ERP has it under several ids", { bookedAs: [ID, "b"] }],
    ["doubled: the ERP was sent it after its sender was told that it is done", { sentAfterAnswer: 1 }],
    ["on record it ended as []", { events: without("delivered") }],
    [
      "on record it ended as [document.delivered, document.delivered]",
      { events: [...DOCUMENT.events, event("delivered")] },
    ],
    ["on record it ended as [document.undeliverable]", { events: [...without("delivered"), event("undeliverable")] }],
    ["on record: deferred with internal_fault", { events: [...DOCUMENT.events, event("deferred", "internal_fault")] }],
    ["not on record: document.wiped", { events: without("wiped") }],
  ])("does not hold, whichever of its mails it is of: %s", (deviation, changed) => {
    const document = { ...DOCUMENT, ...changed };
    expect(deviationsOf(STATED, { ...SEEN, document })).toEqual([deviation]);
    expect(deviationsOf(STATED, { ...SEEN, others: [OTHER, document] })).toEqual([`another mail: ${deviation}`]);
  });

  it("asks of the mail that met the fault alone that it was deferred", () => {
    const document = { ...DOCUMENT, events: without("deferred") };
    const deviations = ["not on record: deferred with erp_unavailable"];
    expect(deviationsOf(STATED, { ...SEEN, document })).toEqual(deviations);
    expect(deviationsOf(STATED, { ...SEEN, others: [document] })).toEqual([]);
  });

  it("must be on record as soon as all is well, where the record depends on it", () => {
    const stated: Statement = { ...STATED, isRecordedWithin: true };
    const limitMs = BOUNDS[stated.within];
    expect(deviationsOf(stated, { ...SEEN, recordedMs: limitMs })).toEqual([]);
    expect(deviationsOf(stated, { ...SEEN, recordedMs: limitMs + 1 })).toEqual([
      `on record after ${limitMs + 1} ms, not within ${limitMs} ms`,
    ]);
  });

  it("holds with what it says may be, and with an attempt that meets another", () => {
    const stated: Statement = { ...STATED, mayDefer: ["deadline_exceeded"], mayNotBeReady: ["ingest"] };
    const more = [event("deferred", "deadline_exceeded"), event("deferred", "claimed_elsewhere")];
    const document = { ...DOCUMENT, events: [...DOCUMENT.events, ...more] };
    const seen = { ...SEEN, document, notReady: new Set(["audit", "ingest"]) };
    expect(deviationsOf(stated, seen)).toEqual([]);
  });
});
