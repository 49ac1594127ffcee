// Real: the fold of events into the picture, as the page runs it. Nothing is doubled.
import type { FlowstateEvent } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { sampleEvent } from "../testing/sample-events.ts";
import { ticksOf } from "./page/life/scale.js";
import { tellLife } from "./page/life/tell-life.js";

const at = (ms: number) => new Date(Date.UTC(2026, 10, 28, 9) + ms).toISOString();
const ms = (time: number) => time - Date.UTC(2026, 10, 28, 9);

const received = sampleEvent("document.received", { time: at(0), data: { size_bytes: 24, duration_ms: undefined } });
const extracted = sampleEvent("document.extracted", {
  time: at(1_000),
  data: { duration_ms: 900, provider: "gemini" },
});
const delivered = sampleEvent("document.delivered", {
  time: at(1_300),
  data: { duration_ms: 250, erp_http_status: 202 },
});
const wiped = (time: number, bytes: Record<string, number> = { ingest: 30, extractor: 20, "erp-pusher": 10 }) =>
  sampleEvent("document.wiped", { time: at(time), data: { wiped_bytes: bytes } });

/** These events as the API tells them. */
function viewsOf(...published: readonly FlowstateEvent[]) {
  return published.map(({ id, type, time, data }) => ({ id, type, time, data: JSON.parse(JSON.stringify(data)) }));
}

/** What the picture shows of these events, with times from the first event. */
function told(...published: readonly FlowstateEvent[]) {
  return tellLife({ events: viewsOf(...published) }).map((attempt) => ({
    ...attempt,
    from: ms(attempt.from),
    to: ms(attempt.to),
    bars: attempt.bars.map(({ place, holding, from, to, staysOpen }) => [place, holding, ms(from), ms(to), staysOpen]),
    wipes: attempt.wipes.map(({ place, at: time, bytes }) => [place, ms(time), bytes]),
  }));
}

describe("a document's life", () => {
  it("is where its bytes were from when to when, and when each copy was wiped", () => {
    expect(told(received, extracted, delivered, wiped(1_310))).toEqual([
      {
        from: 0,
        to: 1_310,
        end: "document.delivered",
        code: null,
        isOver: true,
        isLost: false,
        unknown: [],
        bars: [
          ["sender", "mail", 0, 1_310, false],
          ["ingest", "document", 0, 1_000, false],
          ["ingest", "extraction", 1_000, 1_310, false],
          ["extractor", "document", 100, 1_000, false],
          ["gemini", "document", 100, 1_000, false],
          ["erp-pusher", "extraction", 1_050, 1_300, false],
          ["erp", "extraction", 1_050, 1_310, true],
        ],
        wipes: [
          ["ingest", 1_000, 24],
          ["ingest", 1_310, 6],
          ["extractor", 1_000, 20],
          ["erp-pusher", 1_300, 10],
        ],
      },
    ]);
  });

  it("begins with the request that brought the document, where it is told how long receiving took", () => {
    const slowly = sampleEvent("document.received", { time: at(40), data: { size_bytes: 24, duration_ms: 40 } });
    const [attempt] = told(slowly, extracted, delivered, wiped(1_310));
    expect(attempt?.from).toBe(0);
    expect(attempt?.bars.slice(0, 2)).toEqual([
      ["sender", "mail", 0, 1_310, false],
      ["ingest", "document", 0, 1_000, false],
    ]);
  });

  it("shows no third party when the document brought its data along and the extraction was the answer", () => {
    const inside = sampleEvent("document.extracted", {
      time: at(60),
      data: { duration_ms: 50, provider: "e-invoice" },
    });
    const answered = sampleEvent("document.delivered", {
      time: at(70),
      data: { duration_ms: 2, erp_http_status: undefined },
    });
    const [attempt] = told(received, inside, answered, wiped(80, { ingest: 25, extractor: 25 }));
    expect(attempt?.bars.map(([place]) => place)).toEqual(["sender", "ingest", "ingest", "extractor"]);
    expect(attempt?.wipes).toEqual([
      ["ingest", 60, 24],
      ["ingest", 80, 1],
      ["extractor", 60, 25],
    ]);
  });

  it("leaves the mail with the sender after a deferral, and tells the redelivery as an attempt of its own", () => {
    const deferred = sampleEvent("document.deferred", {
      time: at(500),
      data: { stage: "extract", duration_ms: 450, attempts: 0 },
    });
    const attempts = told(
      received,
      deferred,
      wiped(510, { ingest: 9 }),
      { ...extracted, time: at(301_000) },
      {
        ...delivered,
        time: at(301_300),
      },
      wiped(301_310),
    );
    expect(attempts.map(({ from, to, end }) => [from, to, end])).toEqual([
      [0, 510, "document.deferred"],
      [300_100, 301_310, "document.delivered"],
    ]);
    expect(attempts[0]?.bars[0]).toEqual(["sender", "mail", 0, 510, true]);
    expect(attempts[1]?.bars[0]).toEqual(["sender", "mail", 300_100, 301_310, false]);
  });

  it("says that a service may have held the document where it came to nothing without a word", () => {
    const deferred = sampleEvent("document.deferred", {
      time: at(500),
      data: { stage: "extract", duration_ms: 450, attempts: 0 },
    });
    const [attempt] = tellLife({ events: viewsOf(received, deferred, wiped(510, { ingest: 9 })) });
    expect(attempt?.wipes.map(({ place, bytes }) => [place, bytes])).toEqual([
      ["ingest", 9],
      ["extractor", null],
    ]);
    expect(attempt?.bars.filter(({ isPossible }) => isPossible).map(({ place }) => place)).toEqual(["extractor"]);
    expect(attempt?.unknown).toEqual(["gemini"]);
  });

  const claimedElsewhere = (time: number) =>
    sampleEvent("document.deferred", {
      time: at(time),
      data: { stage: "claim", code: "claimed_elsewhere", duration_ms: 0 },
    });

  it("tells an attempt that found the document taken beside the one that works on it", () => {
    const attempts = told(
      received,
      extracted,
      claimedElsewhere(1_100),
      wiped(1_105, { ingest: 24 }),
      delivered,
      wiped(1_310),
    );
    expect(attempts.map(({ from, to, end, isOver }) => [from, to, end, isOver])).toEqual([
      [1_100, 1_105, "document.deferred", true],
      [0, 1_310, "document.delivered", true],
    ]);
    expect(attempts[0]?.wipes).toEqual([["ingest", 1_105, 24]]);
    expect(attempts[1]?.wipes).toHaveLength(4);
  });

  it("gives no receipt of a later attempt to one whose process ended", () => {
    const attempts = told(
      received,
      extracted,
      claimedElsewhere(12_000),
      wiped(12_005, { ingest: 24 }),
      { ...extracted, time: at(31_000) },
      { ...delivered, time: at(31_300) },
      wiped(31_310),
    );
    expect(attempts.map(({ from, to, end, isOver, isLost }) => [from, to, end, isOver, isLost])).toEqual([
      [0, 1_000, "document.extracted", false, true],
      [12_000, 12_005, "document.deferred", true, false],
      [30_100, 31_310, "document.delivered", true, false],
    ]);
    expect(attempts[0]?.wipes).toEqual([["ingest", 1_000, null]]);
    expect(attempts[0]?.bars[0]).toEqual(["sender", "mail", 0, 1_000, true]);
    expect(attempts[0]?.unknown).toEqual(["erp-pusher", "erp"]);
  });

  it("begins an attempt with its claim, whether or not the one before has ended", () => {
    const claimed = (time: number) => sampleEvent("document.claimed", { time: at(time), data: { duration_ms: 5 } });
    const attempts = told(received, claimed(20), claimed(31_000), { ...extracted, time: at(32_000) }, wiped(32_310));
    expect(attempts.map(({ from, to, end, isOver, isLost }) => [from, to, end, isOver, isLost])).toEqual([
      [0, 20, "document.claimed", false, true],
      [30_995, 32_310, "document.extracted", true, false],
    ]);
  });

  it("tells a document that was finished before as an attempt of its own, and with what was received of it", () => {
    const duplicate = sampleEvent("document.duplicate", { time: at(2_000) });
    const ingestOnly = wiped(2_005, { ingest: 24 });
    expect(told(received, extracted, delivered, wiped(1_310), duplicate, ingestOnly).map(({ end }) => end)).toEqual([
      "document.delivered",
      "document.duplicate",
    ]);
    expect(told(received, duplicate, ingestOnly)).toMatchObject([{ from: 0, end: "document.duplicate", isOver: true }]);
  });

  it("gives an end that was published again to the attempt that came to it, as of its receipt", () => {
    const again = sampleEvent("document.delivered", {
      time: at(2_400),
      data: { duration_ms: 250, erp_http_status: 202 },
    });
    const inTime = sampleEvent("document.delivered", {
      time: at(1_310),
      data: { duration_ms: 250, erp_http_status: 202 },
    });
    expect(told(received, extracted, wiped(1_310), again)).toEqual(told(received, extracted, inTime, wiped(1_310)));
  });

  it("leaves nothing open when a later attempt publishes the end of one whose process ended", () => {
    const comesAgain = sampleEvent("document.received", { time: at(2_000), data: { size_bytes: 24, duration_ms: 5 } });
    const again = sampleEvent("document.delivered", {
      time: at(2_010),
      data: { duration_ms: 250, erp_http_status: 202 },
    });
    const duplicate = sampleEvent("document.duplicate", { time: at(2_020), data: {} });
    for (const before of [
      [received, extracted],
      [received, extracted, wiped(1_310)],
    ]) {
      const attempts = told(...before, comesAgain, again, duplicate, wiped(2_030, { ingest: 24 }));
      expect(attempts.map(({ end }) => end)).toEqual(["document.delivered", "document.duplicate"]);
      expect(attempts.every(({ isOver, isLost }) => isOver || isLost)).toBe(true);
      const open = attempts.flatMap(({ bars }) =>
        bars.filter(([place, , , , staysOpen]) => place === "ingest" && staysOpen),
      );
      expect(open).toEqual([]);
    }
  });

  it("claims no wipe while the receipt has not come", () => {
    const [attempt] = told(received, extracted);
    expect(attempt).toMatchObject({ isOver: false, wipes: [] });
    expect(attempt?.bars.filter(([, , , , staysOpen]) => staysOpen)).toEqual([
      ["sender", "mail", 0, 1_000, true],
      ["ingest", "extraction", 1_000, 1_000, true],
    ]);
  });
});

describe("the axis", () => {
  it.each([
    [413, 8, 100],
    [88, 4, 50],
    [3_550, 4, 1_000],
    [1, 8, 1],
    [7_200_000, 8, 1_000_000],
  ])("of %i ms has at most %i ticks, %i ms apart", (span, most, apart) => {
    const ticks = ticksOf(span, most);
    expect(ticks.length).toBeLessThanOrEqual(most + 1);
    expect(ticks[1]).toBe(apart);
  });
});
