// Real: Flowstate's four hardened processes, nats-server, PostgreSQL, and the plain program with a PostgreSQL of its own,
// under a load. Doubled: Gemini and the ERP, for both sides alike. It shows that the benchmark measures; it judges no speed.
import { describe, expect, it } from "vitest";
import { QUICK_CASES } from "./cases.ts";
import { reportOf } from "./report/json.ts";
import { ratioPlot } from "./report/plot.ts";
import { printedReport } from "./report/printed.ts";
import { runBench } from "./run-bench.ts";

const LIMIT_MS = 120_000;

describe.runIf(process.platform === "linux")("the short form of the benchmark", () => {
  it(
    "measures both sides in every case, and says where the time goes",
    async () => {
      const results = await runBench({ cases: QUICK_CASES, rounds: 1, say: () => {} });
      expect(results.map((result) => result.case)).toEqual(QUICK_CASES);
      for (const { case: it, flowstate, plain, stages } of results) {
        for (const side of [flowstate, plain]) {
          expect(side.mailsPerSecond).toBeGreaterThan(0);
          expect(side.p50Ms).toBeGreaterThanOrEqual(it.modelDelayMs);
          expect(side.p99Ms).toBeGreaterThanOrEqual(side.p50Ms);
          expect(side.usage?.peakBytes).toBeGreaterThanOrEqual(side.usage?.idleBytes ?? Number.POSITIVE_INFINITY);
        }
        expect(flowstate.usage?.processorSecondsPerMailByName).toMatchObject({ ingest: expect.any(Number) });
        expect(Object.keys(stages)).toContain("document.extracted");
      }
      const report = JSON.stringify(reportOf(results, undefined, [], 1));
      expect(report).toContain('"ratio":{"throughput":');
      expect(printedReport(results, undefined, []).join("\n")).toContain("0.1 MB × 4, model 0.1 s");
      expect(ratioPlot(results, "p50", "p50")).toContain("</svg>");
    },
    LIMIT_MS,
  );
});
