import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { withoutEmbeddedFiles } from "../../deploy/local/fixtures/embedded-files.ts";
import { documentIdSchema, type Provider, tenantIdSchema } from "../../libs/contracts/index.ts";
import { GhostBytes } from "../../libs/ghost/index.ts";
import { type Extractor, extractDocument } from "../../services/extractor/extract-document.ts";
import { type Allowances, type Comparison, compareFacts } from "./compare-facts.ts";
import { type FoundTruth, readTruth } from "./read-truth.ts";

/** What the service allows one mail; a document here gets as much. */
const DEADLINE_MS = 120_000;
/** Of data inside a document, no page prints what a tax is called there, and a page need not print a unit. */
const AGAINST_DATA: Allowances = {
  unitsByCode: true,
  isIncomparable: ({ path, actual }) => path.endsWith("/category") || (path.endsWith("/unit") && actual === null),
};
const AGAINST_FILE: Allowances = { unitsByCode: true };

/** One document that was compared. */
export interface EvaluatedFile {
  /** Relative to the folder. */
  readonly file: string;
  /** What the extractor made of it: `extracted` and by whom, or the code of its end. */
  readonly outcome: string;
  readonly status: string | undefined;
  readonly durationMs: number;
  readonly comparisons: readonly Comparison[];
  readonly linesExpected: number;
  readonly linesCorrect: number;
}

export interface Evaluation {
  readonly evaluated: readonly EvaluatedFile[];
  /** Documents that nothing says the truth of. */
  readonly withoutTruth: readonly string[];
}

export interface EvaluationOptions {
  /** Only this provider reads: the model reads pages whose embedded files are taken off first. */
  readonly provider: Provider | undefined;
  /** Called after each document. */
  onFile?(file: EvaluatedFile): void;
}

/** Runs every PDF below `folder` through the extractor, one after the other, and compares it with its truth. */
export async function evaluateFolder(
  folder: string,
  extractor: Extractor,
  { provider, onFile }: EvaluationOptions,
): Promise<Evaluation> {
  const evaluated: EvaluatedFile[] = [];
  const withoutTruth: string[] = [];
  for (const path of await pdfsBelow(folder)) {
    const file = relative(folder, path);
    const pdf = await readFile(path);
    const truth = await readTruth(path, pdf);
    if (truth === undefined) {
      withoutTruth.push(file);
      continue;
    }
    const seen = provider === "gemini" ? await withoutEmbeddedFiles(pdf).catch(() => pdf) : pdf;
    const result = { file, ...(await evaluateDocument(seen, truth, extractor)) };
    evaluated.push(result);
    onFile?.(result);
  }
  return { evaluated, withoutTruth };
}

async function pdfsBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.pdf$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function evaluateDocument(
  pdf: Uint8Array,
  { facts: truth, isData }: FoundTruth,
  extractor: Extractor,
): Promise<Omit<EvaluatedFile, "file">> {
  const startedAt = performance.now();
  const { outcome, content } = await extractDocument(extractor, callFor(pdf));
  using extraction = content;
  const durationMs = Math.round(performance.now() - startedAt);
  if (outcome.result !== "extracted" || extraction === undefined) {
    const code = "code" in outcome ? outcome.code : outcome.result;
    return { outcome: code, status: undefined, durationMs, ...compareFacts(truth, {}) };
  }
  const extracted: unknown = JSON.parse(extraction.view().toString("utf8"));
  const allowances = isData ? AGAINST_DATA : AGAINST_FILE;
  return {
    outcome: outcome.provider,
    status: outcome.validation_status,
    durationMs,
    ...compareFacts(
      truth,
      Object.fromEntries(Object.entries(Object(extracted))),
      outcome.provider === "gemini" ? allowances : {},
    ),
  };
}

function callFor(pdf: Uint8Array): Parameters<typeof extractDocument>[1] {
  const endsAt = performance.now() + DEADLINE_MS;
  const content = GhostBytes.withCapacity(pdf.byteLength);
  content.append(pdf);
  return {
    request: { document_id: documentIdSchema.parse(randomUUID()), tenant_id: tenantIdSchema.parse("eval") },
    content,
    signal: AbortSignal.timeout(DEADLINE_MS),
    remainingMs: () => Math.max(0, Math.floor(endsAt - performance.now())),
    spentOutside: () => {},
  };
}
