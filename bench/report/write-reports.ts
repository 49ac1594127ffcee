import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { reportOf } from "./json.ts";
import { ratioPlot } from "./plot.ts";
import { printedReport } from "./printed.ts";
import type { Report } from "./report.ts";

const PLOTS = [
  ["throughput", "Throughput, Flowstate ÷ plain: more is better"],
  ["p50", "p50, Flowstate ÷ plain: less is better"],
  ["cpu", "Processor time per mail, Flowstate ÷ plain: less is better"],
  ["memory", "Peak memory per byte in flight, Flowstate ÷ plain: less is better"],
] as const;

/** Writes into `folder`: `bench.txt`, which is what is printed, `bench.json`, and a picture of each ratio. */
export async function writeReports(folder: string, report: Report): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "bench.txt"), `${printedReport(report).join("\n")}\n`);
  await writeFile(join(folder, "bench.json"), `${JSON.stringify(reportOf(report), null, 2)}\n`);
  for (const [ratio, title] of PLOTS)
    await writeFile(join(folder, `bench-${ratio}.svg`), ratioPlot(report.cases, ratio, title));
}
