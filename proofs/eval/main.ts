import { mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Provider, providerSchema } from "../../libs/contracts/index.ts";
import { ConfigError } from "../../libs/runtime/index.ts";
import { evaluateFolder } from "./evaluate.ts";
import { openExtractor } from "./open-extractor.ts";
import { printedReport, reportOf } from "./report.ts";

/**
 * `npm run eval -- DIR [--provider e-invoice|gemini] [--report FILE]`: runs every PDF under DIR through the extractor and
 * compares what it reads with the e-invoice inside, or with a `.json` beside the PDF. The report is `reports/eval.json`. Without `--provider` documents are read as the service
 * would: by their own data, and by the model if `GEMINI_API_KEY` is set. The only command that prints extracted values and
 * writes them to a disk, of documents that are the developer's own. Exit code 0 when there was something to compare.
 */

const ROOT = resolve(import.meta.dirname, "../..");
const REPORT = join(ROOT, "reports", "eval.json");
const USAGE = "usage: npm run eval -- DIR [--provider e-invoice|gemini] [--report FILE]";

/** A reason not to begin, in one line. */
class UsageError extends Error {}

async function evaluate(): Promise<boolean> {
  const { folder, provider, report } = readArguments();
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new UsageError(`${folder} is no folder that can be read`);
  await using opened = await openExtractor(process.env, { withModel: provider !== "e-invoice" });
  if (provider === "gemini" && opened.model === undefined)
    throw new UsageError("--provider gemini needs GEMINI_API_KEY");
  const evaluation = await evaluateFolder(folder, opened.extractor, {
    provider,
    onFile: ({ file, outcome, durationMs, comparisons }) => {
      const wrong = comparisons.filter(({ correct }) => !correct).length;
      print(
        `${wrong === 0 ? "ok " : "!! "} ${file}: ${outcome}, ${durationMs} ms${wrong === 0 ? "" : `, ${wrong} wrong`}`,
      );
    },
  });
  print(...printedReport(evaluation));
  await mkdir(dirname(report), { recursive: true });
  await writeFile(report, `${JSON.stringify(reportOf(evaluation), null, 2)}\n`);
  return evaluation.evaluated.length > 0;
}

interface Arguments {
  readonly folder: string;
  readonly provider: Provider | undefined;
  readonly report: string;
}

function readArguments(): Arguments {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { provider: { type: "string" }, report: { type: "string" } },
    });
    const [folder, ...more] = positionals;
    if (folder === undefined || more.length > 0) throw new UsageError(USAGE);
    // npm runs scripts in the root of the repository; paths are meant from where the user stands.
    const from = process.env["INIT_CWD"] ?? "";
    return {
      folder: resolve(from, folder),
      provider: providerSchema.optional().parse(values.provider),
      report: values.report === undefined ? REPORT : resolve(from, values.report),
    };
  } catch {
    throw new UsageError(USAGE);
  }
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

try {
  process.exitCode = (await evaluate()) ? 0 : 1;
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof ConfigError)) throw error;
  process.stderr.write(`flowstate: ${error.message}\n`);
  process.exitCode = 1;
}
