import { DEFAULT_EXTRACTION_POLICY, extractionSchema, type Facts, type ValidationRule } from "@flowstate/contracts";
import { afterAll, describe, expect, it } from "vitest";
import { finishExtraction } from "../finish-extraction.ts";
import { FaultTable } from "../testing/fault-table.ts";
import { FAULTS, type FaultKind } from "../testing/faults.ts";
import { openPages, printedOn, wouldBeFlagged } from "../testing/model-extractor.ts";
import { ORDINARY_BILLS } from "../testing/ordinary-bills.ts";
import { ordinaryDocument } from "../testing/ordinary-documents.ts";
import { ORDINARY_PAPERS } from "../testing/ordinary-papers.ts";
import type { PrintedDocument } from "./printed/printed-document.ts";

// Real: the PDFs, what reads their text and what finishes an extraction. Doubled: the model, whose truths and mistakes are
// given here without asking it. Documents that are right in unusual ways, each with the mistakes that it invites.

const documents = [...ORDINARY_BILLS, ...ORDINARY_PAPERS].map(ordinaryDocument);

/** What changes a number, or the number of lines, whatever the document is. */
const KINDS: readonly FaultKind[] = [
  "a digit swapped",
  "a decimal comma lost",
  "a line dropped",
  "a line invented",
  "a total off by 0.01",
];
const MIN_FLAGGED = 0.95;

function rulesFound(facts: Facts, page: PrintedDocument): ValidationRule[] {
  const { json } = finishExtraction(facts, { page, policy: DEFAULT_EXTRACTION_POLICY, today: "2026-11-23" });
  const { validation } = extractionSchema.parse(JSON.parse(new TextDecoder().decode(json)));
  return validation.issues.map(({ rule }) => rule);
}

describe("ordinary documents", () => {
  const table = new FaultTable();
  afterAll(() => table.print(`${documents.length} ordinary documents, each with one fault`));

  it.each(documents)("are taken for what they are: $name", async ({ pdf, truth, found }) => {
    expect(rulesFound(truth, printedOn(await openPages(pdf)))).toEqual(found);
  });

  it.each(documents)("show each mistake that they invite: $name", async ({ pdf, truth, mistakes, found }) => {
    const page = printedOn(await openPages(pdf));
    const unnoticed = mistakes.filter(({ facts }) => {
      const rules = rulesFound(facts, page);
      return rules.length === 0 || rules.every((rule) => found.includes(rule));
    });
    expect(unnoticed.map(({ what }) => what)).toEqual([]);
    for (const kind of found.length > 0 ? [] : KINDS) {
      for (const { what, facts } of FAULTS[kind](truth, page)) table.note(kind, what, wouldBeFlagged(facts, page));
    }
  });

  it.each(KINDS)("show at least 95 in 100 of: %s", (kind) => {
    expect(table.flaggedPart(kind)).toBeGreaterThanOrEqual(MIN_FLAGGED);
  });
});
