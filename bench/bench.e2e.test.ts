// Real: Flowstate's four hardened processes, nats-server, PostgreSQL, and the plain program with a PostgreSQL of its own,
// under a load. Doubled: Gemini and the ERP, for both sides alike. It shows that the benchmark measures; it judges no speed.
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { describe, expect, it } from "vitest";
import { QUICK_CASES, QUICK_PACE } from "./cases.ts";
import { reportOf } from "./report/json.ts";
import { printedReport } from "./report/printed.ts";
import { surroundings } from "./report/surroundings.ts";
import { targetsOf } from "./report/targets.ts";
import { writeReports } from "./report/write-reports.ts";
import { runBench } from "./run-bench.ts";

const LIMIT_MS = 180_000;

describe.runIf(process.platform === "linux")("the short form of the benchmark", () => {
  it(
    "measures both sides in every case, and says where the time goes",
    async () => {
      const { cases, databases } = await runBench({ cases: QUICK_CASES, rounds: 1, pace: QUICK_PACE, say: () => {} });
      expect(cases.map((result) => result.case)).toEqual(QUICK_CASES);
      for (const { case: it, flowstate, plain, stages } of cases) {
        for (const side of [flowstate, plain]) {
          expect(side.mailsPerSecond).toBeGreaterThan(0);
          expect(side.p50Ms).toBeGreaterThanOrEqual(it.modelDelayMs);
          // Each lane's first is answered, and its time is not counted.
          expect(side.mails - side.timedMails).toBe(it.concurrency);
          expect(side.timedMails).toBeGreaterThanOrEqual(it.concurrency);
          expect(side.processor?.secondsPerMail).toBeGreaterThan(0);
          expect(side.memory?.looks).toBeGreaterThan(1);
          expect(side.memory?.peakBytes).toBeGreaterThan(it.documentBytes);
        }
        expect(flowstate.processor?.secondsPerMailByName).toMatchObject({ ingest: expect.any(Number) });
        expect(flowstate.memory?.idleBytes).toBe(cases[0]?.flowstate.memory?.idleBytes);
        expect(Object.keys(stages)).toEqual(expect.arrayContaining(["document.extracted", "document.delivered"]));
      }
      // Neither side pays for a disk, and the report says so.
      expect(databases).toMatchObject({ flowstate: { syncs: false }, plain: { syncs: false } });
      const report = {
        cases,
        limits: undefined,
        targets: targetsOf(cases, undefined, { rounds: 1, short: true }),
        rounds: 1,
        surroundings: await surroundings(),
        databases,
        durationS: 1,
      };
      expect(reportOf(report)).toMatchObject({
        cases: [{ ratio: { throughput: expect.any(Number), memory: expect.any(Number) } }, {}],
        node: process.version,
        broker: { version: expect.stringMatching(/^\d+\.\d+\./), syncs: expect.any(Boolean) },
      });
      const printed = printedReport(report).join("\n");
      expect(printed).toContain("0.1 MB × 2, model 0.1 s");
      expect(printed).toContain("PostgreSQL");
      const folder = temporaryFolder(join(tmpdir(), "flowstate-bench-reports-"));
      try {
        await writeReports(folder, report);
        const written = (file: string) => readFile(join(folder, file), "utf8");
        expect(await written("bench.txt")).toBe(`${printed}\n`);
        expect(JSON.parse(await written("bench.json"))).toMatchObject({ cases: [{}, {}] });
        for (const ratio of ["throughput", "p50", "cpu", "memory"])
          expect(await written(`bench-${ratio}.svg`)).toContain("</svg>");
      } finally {
        await removeNow(folder);
      }
    },
    LIMIT_MS,
  );
});
