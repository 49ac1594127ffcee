import { expect, it } from "vitest";
import { FuzzReport } from "./report.ts";
import type { RangeResult } from "./run/run-target.ts";
import type { Target } from "./target.ts";

const target: Target = {
  name: "door",
  runs: "nothing",
  share: 1_000,
  atOnce: 1,
  open: () => Promise.reject(new Error("this door is not opened")),
};
const well: RangeResult = {
  given: 200,
  accepted: 20,
  findings: [],
  repetitions: 0,
  unrepeated: [],
  longestMs: 1,
  processorMs: 1,
};
const reportOf = (planned: number, result: Partial<RangeResult>) => {
  const report = new FuzzReport(1);
  report.add(target, planned, { ...well, ...result });
  return report;
};

it("has nothing against a door that inputs get through", () => {
  expect(reportOf(200, {}).failures()).toEqual([]);
});

it("counts what was given, and misses what was not", () => {
  const report = reportOf(200, { given: 190 });
  expect([report.inputs, report.failures()]).toEqual([190, ["door: 10 inputs were not given"]]);
});

it("believes no door that hardly anything gets through, once there were enough", () => {
  expect(reportOf(400, { given: 400, accepted: 12 }).failures()).toEqual([
    expect.stringContaining("12 of 400 inputs were accepted"),
  ]);
  expect(reportOf(400, { given: 400, accepted: 13 }).failures()).toEqual([]);
  expect(reportOf(100, { given: 100, accepted: 0 }).failures()).toEqual([expect.stringContaining("0 of 100 inputs")]);
  expect(reportOf(20, { given: 20, accepted: 0 }).failures()).toEqual([]);
});

it("names what was slow once, and fails by what hung", () => {
  const slow = reportOf(200, { unrepeated: [{ target: "door", number: 7, ms: 2_300, isLookedAt: true }] });
  expect(slow.lines()).toContain("slow once: 1 of door (#7 2300 ms); 1 looked at again, none slow");
  expect(slow.failures()).toEqual([]);
  const fault = { kind: "hang", what: "the process fell silent at #7, and not again among the same inputs" } as const;
  const silent = reportOf(200, { findings: [{ target: "door", fault, number: undefined, input: undefined }] });
  expect(silent.failures()).toEqual([`door: hang, ${fault.what}`]);
});
