import { describe, expect, it } from "vitest";
import { FaultTable } from "../testing/fault-table.ts";
import { openPages, printedOn, wouldBeFlagged } from "../testing/model-extractor.ts";
import { paperDocuments } from "../testing/paper-documents.ts";
import { PAPER_FAULT_KINDS, PAPER_FAULTS } from "../testing/paper-faults.ts";

// Real: the PDF and the reading of its text, but for the parser's thread, and the finishing of what a model would say.

/** What the extractor promises: the part of faults that it flags at least, and of truths at most. */
const MIN_FLAGGED = 0.95;
const MAX_TRUTHS_FLAGGED = 0.02;

describe("papers that goods travel with", () => {
  const table = new FaultTable();

  it.each(paperDocuments())("are read with every fault: $name", async ({ name, pdf, truth, untold }) => {
    const printed = printedOn(await openPages(pdf));
    table.note("truth", name, wouldBeFlagged(truth, printed));
    for (const kind of PAPER_FAULT_KINDS) {
      if (untold.includes(kind)) continue;
      for (const { what, facts } of PAPER_FAULTS[kind](truth)) {
        table.note(kind, `${name} ${what}`, wouldBeFlagged(facts, printed));
      }
    }
    expect(table.count("truth")).toBeGreaterThan(0);
  });

  it("flags at most 2 % of true answers", () => {
    table.print("17 papers that goods travel with, each with one fault");
    expect(table.flaggedPart("truth")).toBeLessThanOrEqual(MAX_TRUTHS_FLAGGED);
  });

  it.each(PAPER_FAULT_KINDS)("flags at least 95 in 100 of: %s", (kind) => {
    expect(table.flaggedPart(kind)).toBeGreaterThanOrEqual(MIN_FLAGGED);
  });
});
