import { readFile } from "node:fs/promises";
import type { DatabaseUrls } from "@flowstate/local/servers/postgres.ts";
import { newMark, Planter } from "../prove/canaries/canary.ts";
import { MultiSearch } from "../prove/search/multi-search.ts";
import { needlesOf } from "../prove/search/needles.ts";
import { type CellToGo, goCell } from "./go-cell.ts";
import { deviationsOf } from "./judge.ts";
import { FaultReport, type JudgedCell } from "./report.ts";
import { type FaultSystem, startFaultSystem } from "./system/fault-system.ts";
import { isStated, type Statement } from "./table/cell.ts";
import { lastsMsOf } from "./table/conditions.ts";
import { carriedTo, type NamedCell, TABLE } from "./table/table.ts";

export interface FaultOptions {
  /** Which cells, in their order. */
  readonly cells: readonly NamedCell[];
  /** Of a PostgreSQL that somebody else started. Absent: one of its own. */
  readonly database?: DatabaseUrls;
  /** Told of each cell that was gone through. */
  onCell?(cell: JudgedCell): void;
}

/** Goes through the cells on one system, one after the other, and compares what is seen with what is stated. */
export async function faults({ cells, database, onCell }: FaultOptions): Promise<FaultReport> {
  const report = new FaultReport();
  const mark = newMark();
  const planter = new Planter(mark, 0);
  await using system = await startFaultSystem({
    ...(database !== undefined && { database }),
    telemetry: cells.some(({ dependency }) => dependency === "otlp"),
  });
  for (const { dependency, fault } of cells) {
    const stated = TABLE[dependency][fault];
    if (!isStated(stated)) {
      report.noSuchCells.push({ dependency, fault, because: stated.none });
    } else if (system.disturbances[dependency] === undefined) {
      report.omitted.push({
        dependency,
        fault,
        because: "a disk that fails takes root on Linux, who may mount one of a file",
      });
    } else {
      const cell = await judge(
        system,
        {
          dependency,
          fault,
          carries: carriedTo(dependency),
          lastsMs: lastsMsOf(fault, stated),
          deferred: stated.deferred,
        },
        stated,
        planter,
      );
      report.cells.push(cell);
      onCell?.(cell);
    }
  }
  report.contentHits = await contentIn(system, mark);
  return report;
}

async function judge(system: FaultSystem, cell: CellToGo, stated: Statement, planter: Planter): Promise<JudgedCell> {
  try {
    const seen = await goCell(system, cell, planter);
    return { ...cell, seen, deviations: deviationsOf(stated, seen) };
  } catch (error) {
    return { ...cell, seen: undefined, deviations: [error instanceof Error ? error.message : "unknown"] };
  }
}

/** Canaries in everything that was written down or told to somebody else than model and ERP, in whatever form. */
async function contentIn({ stack, serverLogs, slack, otlp }: FaultSystem, mark: string): Promise<number> {
  const texts = [await stack.logs(), ...slack.texts, ...(otlp?.bodies() ?? [])].map((text) => Buffer.from(text));
  const logs = await Promise.all(serverLogs.map((path) => readFile(path)));
  const search = new MultiSearch(needlesOf(mark).map(({ bytes }) => bytes));
  let hits = 0;
  for (const bytes of [...texts, ...logs]) search.search(bytes, () => (hits += 1));
  return hits;
}
