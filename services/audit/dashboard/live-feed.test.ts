// Real: the page's live feed and its reader of server-sent events. Doubled: the API, by answers made here.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "./page/api/api-error.js";
import { LiveFeed } from "./page/live/live-feed.js";
import { readServerEvents } from "./page/live/read-server-events.js";

const encoder = new TextEncoder();

/** An answer's body that says these pieces, then ends; with a signal it stays open until that aborts. */
function bodyOf(pieces: readonly string[], signal?: AbortSignal) {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
      if (signal === undefined) controller.close();
      else signal.addEventListener("abort", () => controller.error(signal.reason), { once: true });
    },
  });
}

async function read(...pieces: string[]) {
  const events = [];
  for await (const event of readServerEvents(bodyOf(pieces))) events.push(event);
  return events;
}

describe("server-sent events", () => {
  it("are read wherever the network cuts them", async () => {
    const whole = 'id: 7\nevent: recorded\ndata: {"a":"ü"}\n\n: alive\n\nevent: ready\ndata: {}\n\n';
    const expected = [
      { type: "recorded", data: '{"a":"ü"}', id: "7" },
      { type: "comment", data: "", id: undefined },
      { type: "ready", data: "{}", id: undefined },
    ];
    expect(await read(whole)).toEqual(expected);
    expect(await read(...whole)).toEqual(expected);
    expect(await read(whole.replaceAll("\n", "\r\n"))).toEqual(expected);
  });

  it("have no part of an event that was cut off", async () => {
    expect(await read("event: recorded\ndata: {}\n")).toEqual([]);
  });
});

describe("the live feed", () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
  afterEach(() => vi.useRealTimers());

  type Open = (path: string, headers: Record<string, string>, signal: AbortSignal) => Promise<Response>;
  const feeds: LiveFeed[] = [];
  afterEach(() => {
    for (const feed of feeds.splice(0)) feed.stop();
  });

  /** What is answered to each attempt: events and an end, events without end, or a failure. */
  type Told = { readonly says: readonly string[]; readonly staysOpen?: boolean } | Error;

  function feedOver(...answers: readonly Told[]) {
    const asked: Record<string, string>[] = [];
    const open: Open = async (_path, headers, signal) => {
      asked.push(headers);
      const answer = answers[asked.length - 1] ?? new Error("away");
      if (answer instanceof Error) throw answer;
      return new Response(bodyOf(answer.says, answer.staysOpen === true ? signal : undefined));
    };
    const refused = vi.fn();
    const client = { open, get: () => Promise.reject(new Error("not asked")) };
    const feed = new LiveFeed({ client, tenant: null, onState: () => {}, onRefused: refused });
    feeds.push(feed);
    return { feed, asked, refused };
  }

  const recorded = (position: number) =>
    `id: ${position}\nevent: recorded\ndata: {"event":{"id":"${position}"},"document":null}\n\n`;

  it("goes on after a cut where it was cut", async () => {
    const { feed, asked } = feedOver(
      { says: ["id: 4\nevent: ready\ndata: {}\n\n", recorded(5)] },
      { says: [recorded(6)], staysOpen: true },
    );
    const seen: string[] = [];
    feed.subscribe(({ event }) => seen.push(event.id));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(seen).toEqual(["5", "6"]);
    expect(asked.map((headers) => headers["last-event-id"])).toEqual([undefined, "5"]);
    expect(feed.state).toEqual({ kind: "live" });
  });

  it("waits longer after each failure, up to half a minute, and not at all when asked to try now", async () => {
    const { feed, asked } = feedOver();
    await vi.advanceTimersByTimeAsync(0);
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      if (feed.state.kind !== "away") throw new Error("not away");
      pauses.push(feed.state.retryAt - Date.now());
      expect(asked).toHaveLength(attempt);
      feed.retryNow();
      await vi.advanceTimersByTimeAsync(0);
    }
    for (const [index, pause] of pauses.entries()) {
      const least = Math.min(1_000 * 2 ** index, 30_000);
      expect(pause).toBeGreaterThanOrEqual(least);
      expect(pause).toBeLessThanOrEqual(least * 1.3);
    }
  });

  it("takes silence for a cut: the server says every fifteen seconds that it is there", async () => {
    const { feed, asked } = feedOver({ says: [recorded(1)], staysOpen: true });
    await vi.advanceTimersByTimeAsync(0);
    expect(feed.state).toEqual({ kind: "live" });
    await vi.advanceTimersByTimeAsync(45_000);
    expect(asked.length).toBeGreaterThan(1);
  });

  it("says that it is paused when the server says so, and that it is live with whatever comes next", async () => {
    const paused = "event: paused\ndata: {}\n\n";
    for (const next of ["id: 4\nevent: ready\ndata: {}\n\n", recorded(5)]) {
      const { feed } = feedOver({ says: [recorded(4), paused, ": alive\n\n"], staysOpen: true });
      await vi.advanceTimersByTimeAsync(0);
      expect(feed.state).toEqual({ kind: "paused", since: Date.now() });
      const { feed: back, asked } = feedOver({ says: [recorded(4), paused, next] }, { says: [], staysOpen: true });
      const states: string[] = [];
      back.subscribe(() => states.push(back.state.kind));
      await vi.advanceTimersByTimeAsync(2_000);
      expect(states).toEqual(next === recorded(5) ? ["live", "live"] : ["live"]);
      expect(asked[1]).toMatchObject({ "last-event-id": next === recorded(5) ? "5" : "4" });
    }
  });

  it("says that it is crowded out when its key has no stream left, and waits as long as it is asked to", async () => {
    const { feed, asked } = feedOver(new ApiError("busy", 10_000), { says: [], staysOpen: true });
    await vi.advanceTimersByTimeAsync(0);
    expect(feed.state.kind).toBe("crowded");
    await vi.advanceTimersByTimeAsync(9_900);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(3_200);
    expect(feed.state).toEqual({ kind: "live" });
  });

  it("stops asking with a key that is not accepted any more", async () => {
    const { asked, refused } = feedOver(new ApiError("wrong_key"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(1);
    expect(refused).toHaveBeenCalledOnce();
  });
});
