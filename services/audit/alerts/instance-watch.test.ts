// Real: the watch. Doubled: how far recording is behind, the state of the clock, the time.
import { describe, expect, it } from "vitest";
import type { RecordingLag } from "../recording/recording-lag.ts";
import { InstanceWatch } from "./instance-watch.ts";

const NOTHING: RecordingLag = { pending_events: 0, last_recorded_at: null, position: 0, rejected_messages: 0 };

/** What is found by looks at these seconds. */
function found(
  ...looks: readonly [second: number, lag: Partial<RecordingLag>, isClockRight?: boolean, isOverheard?: boolean][]
): string[][] {
  const watch = new InstanceWatch();
  return looks.map(([second, lag, isClockRight = true, isOverheard = false]) =>
    watch
      .see({ lag: { ...NOTHING, ...lag }, isClockRight, isOverheard, now: new Date(second * 1_000) })
      .map(({ rule, affected }) => `${rule} ${affected}`),
  );
}

describe("an instance", () => {
  it("is behind when events wait for two minutes and none is stored, though none ever was", () => {
    const pending_events = 3;
    expect(found([0, { pending_events }], [119, { pending_events }], [120, { pending_events }])).toEqual([
      [],
      [],
      ["recording_behind 3"],
    ]);
  });

  it("is not behind as long as something is stored, nor for what has just come after days of silence", () => {
    const last_recorded_at = "1960-01-01T00:00:00.000Z";
    expect(
      found(
        [0, { pending_events: 9, last_recorded_at }],
        [100, { pending_events: 9, position: 5 }],
        [200, { pending_events: 9, position: 10 }],
        [300, { position: 15 }],
        [400, { pending_events: 1, position: 15 }],
      ),
    ).toEqual([[], [], [], [], []]);
  });

  it("is behind at once when very many wait", () => {
    expect(found([0, { pending_events: 20_000 }])).toEqual([["recording_behind 20000"]]);
  });

  it("says that the broker is silent after two minutes, and goes on counting what waited", () => {
    const silent = { pending_events: null };
    expect(
      found([0, { pending_events: 2 }], [30, silent], [149, silent], [150, silent], [151, { pending_events: 2 }]),
    ).toEqual([[], [], [], ["stream_silent 1"], ["recording_behind 2"]]);
  });

  it("says that its clock is off", () => {
    expect(found([0, {}, false], [30, {}])).toEqual([["clock_off 1"], []]);
  });

  it("says that something on the broker could take in documents, at once, and that it is gone", () => {
    expect(found([0, {}, true, true], [30, {}])).toEqual([["documents_overheard 1"], []]);
  });
});
