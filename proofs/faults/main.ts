import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { faults } from "./faults.ts";
import type { JudgedCell } from "./report.ts";
import { withOwnMounts } from "./system/own-mounts.ts";
import { DEPENDENCIES, FAULTS } from "./table/cell.ts";
import { cellsNamed } from "./table/table.ts";

/**
 * `npm run faults [-- --only erp,nats:hang]`: every dependency fails in every way while a mail comes, and what is seen is
 * compared with the table. Exit code 0 when every cell is as stated, 1 when one is not, 2 when a whole run left cells out that
 * this machine cannot have.
 */

const REPORT = join(resolve(import.meta.dirname, "../.."), "reports", "faults.json");

const { values } = parseArgs({ options: { only: { type: "string" } } });
const cells = cellsNamed(values.only?.split(",") ?? Object.keys(DEPENDENCIES));
if (cells === undefined) {
  const [dependencies, named] = [Object.keys(DEPENDENCIES), FAULTS].map((names) => names.join(", "));
  process.stdout.write(
    `flowstate: --only takes names separated by commas: ${dependencies}; each alone or with one of ${named}, as nats:hang\n`,
  );
  process.exit(1);
}
const code = await withOwnMounts(import.meta.filename, process.argv.slice(2));
if (code !== undefined) process.exit(code);
const report = await faults({ cells, onCell: showCell });
process.stdout.write(`\n${report.lines().join("\n")}\n`);
for (const { dependency, fault, because } of report.noSuchCells)
  process.stdout.write(`  no such cell: ${DEPENDENCIES[dependency]}, ${fault}: ${because}\n`);
for (const { dependency, fault, because } of report.omitted)
  process.stdout.write(`  not gone through: ${DEPENDENCIES[dependency]}, ${fault}: ${because}\n`);
await mkdir(dirname(REPORT), { recursive: true });
await writeFile(REPORT, `${JSON.stringify(report.json(), null, 2)}\n`);
process.stdout.write(`${report.verdict().join("\n")}\n`);
process.exit(report.exitCode({ whole: values.only === undefined }));

function showCell({ dependency, fault, seen, deviations }: JudgedCell): void {
  const end = deviations.length === 0 ? "as stated" : `not as stated: ${deviations.join("; ")}`;
  process.stdout.write(
    `${DEPENDENCIES[dependency]}, ${fault}: ${seen?.answer ?? "no answer"}, met ${seen?.met ?? 0}×, ${end}\n`,
  );
}
