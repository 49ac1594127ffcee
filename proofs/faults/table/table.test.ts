// Real: the table. Nothing is doubled.
import { CODES } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { DEPENDENCIES, FAULTS, isStated } from "./cell.ts";
import { cellsNamed, TABLE } from "./table.ts";

const ALL = cellsNamed(Object.keys(DEPENDENCIES)) ?? [];
const STATED = ALL.flatMap(({ dependency, fault }) => {
  const cell = TABLE[dependency][fault];
  return isStated(cell) ? [{ dependency, fault, ...cell }] : [];
});

describe("the table", () => {
  it("has a cell for every dependency and every fault", () => {
    expect(ALL).toHaveLength(Object.keys(DEPENDENCIES).length * FAULTS.length);
  });

  it("states of every cell what happens, or why there is nothing to state", () => {
    for (const { dependency, fault } of ALL) {
      const cell = TABLE[dependency][fault];
      expect(isStated(cell) ? cell.because : cell.none).toMatch(/\w{3}/);
    }
  });

  it("defers with codes that mean it, and only where the sender may be answered 503", () => {
    for (const { answer, deferred, mayDefer = [] } of STATED) {
      for (const code of [...deferred, ...mayDefer]) expect(CODES[code]).toBe("deferred");
      if (!answer.includes(503)) expect([...deferred, ...mayDefer]).toEqual([]);
      if (!answer.includes(200)) continue;
      expect(deferred).toEqual([]);
    }
  });

  it("bounds the record wherever the record depends on what fails", () => {
    const bounded = STATED.filter(({ isRecordedWithin }) => isRecordedWithin === true);
    expect(bounded).toEqual(STATED.filter(({ dependency }) => dependency.startsWith("postgres")));
    expect(bounded.length).toBeGreaterThan(0);
  });

  it("has a statement for every dependency", () => {
    expect(new Set(STATED.map(({ dependency }) => dependency))).toEqual(new Set(Object.keys(DEPENDENCIES)));
  });
});

describe("the name of a cell", () => {
  it("is a dependency's, or that with a fault", () => {
    expect(cellsNamed(["erp:hang", "otlp"])).toHaveLength(1 + FAULTS.length);
  });

  it.each(["erp:burn", "postbox", ""])("is not %j", (name) => {
    expect(cellsNamed([name])).toBeUndefined();
  });
});
