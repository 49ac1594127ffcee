// Real: the pulse and its timers. Doubled: the database, a function that says how far recording is.
import { createLogger } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { RecordingPulse } from "./recording-pulse.ts";

const LONG_MS = 60_000;
const never = new AbortController().signal;

const heard = (position: number, isPaused = false) => ({ position, isPaused });

/** A pulse over a recording that the test moves on, and how often it was asked. */
function pulseOf() {
  const recording = { position: 0, asked: 0, away: false };
  const lines: string[] = [];
  const pulse = new RecordingPulse({
    async readPosition() {
      recording.asked += 1;
      if (recording.away) throw new Error("away");
      return recording.position;
    },
    logger: createLogger("test", "warn", { write: (line) => void lines.push(line) }),
    beatMs: 5,
  });
  return { pulse, recording, lines };
}

describe("the pulse of recording", () => {
  it("tells everybody who waits, and asks once for all of them", async () => {
    const { pulse, recording } = pulseOf();
    const waiting = Array.from({ length: 100 }, () => pulse.next(heard(0), LONG_MS, never));
    await expect.poll(() => recording.asked).toBeGreaterThan(1);
    const askedBefore = recording.asked;
    recording.position = 7;
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([7]));
    expect(recording.asked - askedBefore).toBeLessThan(10);
  });

  it("tells at once whoever is behind", async () => {
    const { pulse, recording } = pulseOf();
    recording.position = 7;
    expect(await pulse.next(heard(0), LONG_MS, never)).toBe(7);
    const { asked } = recording;
    expect(await pulse.next(heard(3), LONG_MS, never)).toBe(7);
    expect(recording.asked).toBe(asked);
  });

  it("has patience for so long", async () => {
    const { pulse } = pulseOf();
    expect(await pulse.next(heard(0), 20, never)).toBeUndefined();
  });

  it("lets go of whoever is gone, and asks no more when nobody waits", async () => {
    const { pulse, recording } = pulseOf();
    const gone = new AbortController();
    const waiting = pulse.next(heard(0), LONG_MS, gone.signal);
    await expect.poll(() => recording.asked).toBeGreaterThan(0);
    gone.abort();
    expect(await waiting).toBeUndefined();
    expect(await pulse.next(heard(0), LONG_MS, gone.signal)).toBeUndefined();
    await expect.poll(() => askedWithin(recording, 30)).toBe(0);
  });

  it("says that the database is away and that it is back, and asks less often meanwhile", async () => {
    const { pulse, recording, lines } = pulseOf();
    recording.away = true;
    const waiting = Array.from({ length: 10 }, () => pulse.next(heard(0), LONG_MS, never));
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(["paused"]));
    const back = pulse.next(heard(0, true), LONG_MS, never);
    await expect.poll(() => recording.asked).toBeGreaterThan(2);
    recording.away = false;
    expect(await back).toBe("resumed");
    expect(lines.map((line) => JSON.parse(line).event)).toContain("stream.paused");
  });

  it("tells what was recorded while the database was away", async () => {
    const { pulse, recording } = pulseOf();
    recording.away = true;
    expect(await pulse.next(heard(0), LONG_MS, never)).toBe("paused");
    const waiting = pulse.next(heard(0, true), LONG_MS, never);
    recording.position = 3;
    recording.away = false;
    expect(await waiting).toBe(3);
  });
});

/** How often the pulse asks in so many milliseconds. */
async function askedWithin(recording: { readonly asked: number }, ms: number): Promise<number> {
  const before = recording.asked;
  await new Promise((resolve) => setTimeout(resolve, ms));
  return recording.asked - before;
}
