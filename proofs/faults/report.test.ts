// Real: the report. Doubled: what came of the cells.
import { describe, expect, it } from "vitest";
import { FaultReport } from "./report.ts";

function report(...deviations: string[]): FaultReport {
  const made = new FaultReport();
  made.cells.push({ dependency: "nats", fault: "hang", seen: undefined, deviations });
  made.noSuchCells.push({ dependency: "jetstream", fault: "reset", because: "it has no connection" });
  return made;
}

describe("the verdict", () => {
  it("counts what is as stated, and what there is nothing to state of", () => {
    expect(report().verdict()).toEqual(["Cells as stated: 1 of 1. No such cell: 1. Not gone through: 0."]);
  });

  it("says how many cells this machine cannot have, and why", () => {
    const made = report();
    for (const dependency of ["nats_disk", "postgres_disk"] as const)
      made.omitted.push({ dependency, fault: "refuse", because: "takes root" });
    expect(made.verdict()).toEqual(["Cells as stated: 1 of 1. No such cell: 1. Not gone through: 2 (takes root)."]);
  });

  it("is what is not as stated, when something is not", () => {
    expect(report("nobody met the fault").verdict()).toEqual([
      "Not so:",
      "  NATS, hang: nobody met the fault",
      "Cells as stated: 0 of 1. No such cell: 1. Not gone through: 0.",
    ]);
  });

  it("is never good when no cell was gone through", () => {
    expect(new FaultReport().verdict().slice(0, 2)).toEqual(["Not so:", "  no cell was gone through"]);
  });
});

describe("the exit code", () => {
  const WHOLE = { whole: true };
  const NAMED = { whole: false };

  function leftOut(...deviations: string[]): FaultReport {
    const made = report(...deviations);
    made.omitted.push({ dependency: "nats_disk", fault: "refuse", because: "takes root" });
    return made;
  }

  it("is 0 when every cell is as stated, those that there are not aside", () => {
    expect(report().exitCode(WHOLE)).toBe(0);
  });

  it("is 2 when a whole run left cells out that this machine cannot have", () => {
    expect(leftOut().exitCode(WHOLE)).toBe(2);
    expect(leftOut().exitCode(NAMED)).toBe(0);
  });

  it("is 1 when something is not as stated, whatever was left out", () => {
    expect(leftOut("nobody met the fault").exitCode(WHOLE)).toBe(1);
    expect(report("nobody met the fault").exitCode(NAMED)).toBe(1);
    expect(new FaultReport().exitCode(WHOLE)).toBe(1);
  });
});
