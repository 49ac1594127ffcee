import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readerWithoutThread } from "../../services/extractor/testing/reader-without-thread.ts";
import { evaluateFolder } from "./evaluate.ts";
import { openExtractor } from "./open-extractor.ts";
import { reportOf } from "./report.ts";

// Real: invoices from outside (ZUGFeRD/corpus), which are not part of this repository, and the extractor without a model and
// without the thread that its parser runs in.

const folder = resolve(import.meta.dirname, "../../../shared/corpora/einvoices");

describe("the e-invoice corpus", () => {
  it.skipIf(!existsSync(folder))(
    "is read exactly, in every field and line of every document",
    async () => {
      await using opened = await openExtractor({}, { withModel: false });
      const extractor = { ...opened.extractor, reader: readerWithoutThread };
      const evaluation = await evaluateFolder(folder, extractor, { provider: "e-invoice" });
      const report = reportOf(evaluation);
      expect(report).toMatchObject({ files: 26, accuracy: 1, lines_expected: 67, lines_correct: 67, failures: [] });
      expect(report.correct).toBe(report.fields);
      expect(report.fields).toBeGreaterThan(1_300);
      expect(evaluation.withoutTruth).toEqual([]);
      expect(evaluation.evaluated.map(({ status }) => status)).toEqual(Array.from({ length: 26 }, () => "valid"));
    },
    120_000,
  );
});
