import type { Extraction } from "@flowstate/contracts";
import { sampleExtraction } from "@flowstate/local/doubles/gemini-answer.ts";
import { describe, expect, it } from "vitest";
import { validateExtraction } from "./validate-extraction.ts";

// Real: the rules. The extraction is the sample that the Gemini double answers with; it adds up.

function sample(change: Partial<Extraction> = {}): Extraction {
  return { ...sampleExtraction, ...change };
}

function withAmounts(amounts: ReadonlyArray<string | null>, net: string | null): Extraction {
  const [line] = sampleExtraction.lines;
  if (line === undefined) throw new Error("the sample has lines");
  return sample({
    lines: amounts.map((amount) => ({ ...line, amount })),
    totals: { ...sampleExtraction.totals, net },
  });
}

describe("validateExtraction", () => {
  it("finds nothing wrong with an invoice that adds up", () => {
    expect(validateExtraction(sample())).toEqual({ status: "valid", issueCount: 0 });
  });

  it.each([
    ["document_number", sample({ document_number: null })],
    ["document_date", sample({ document_date: null })],
    ["vendor", sample({ vendor: null })],
    ["vendor.name", sample({ vendor: sampleExtraction.vendor && { ...sampleExtraction.vendor, name: null } })],
    ["currency", sample({ currency: null })],
    ["totals.gross", sample({ totals: { ...sampleExtraction.totals, gross: null } })],
    ["currency of a credit note", sample({ document_type: "credit_note", currency: null })],
  ])("is invalid without %s", (_field, extraction) => {
    expect(validateExtraction(extraction)).toEqual({ status: "invalid", issueCount: 1 });
  });

  it("counts every missing field", () => {
    const extraction = sample({ document_number: null, document_date: null, vendor: null });
    expect(validateExtraction(extraction)).toEqual({ status: "invalid", issueCount: 3 });
  });

  it("asks no currency and no total of a packing list", () => {
    const extraction = sample({
      document_type: "packing_list",
      currency: null,
      totals: { ...sampleExtraction.totals, gross: null },
    });
    expect(validateExtraction(extraction).status).toBe("valid");
  });

  it("allows a cent of rounding for each line, and warns beyond it", () => {
    expect(validateExtraction(withAmounts(["1.00", "1.00", "1.00"], "3.03")).status).toBe("valid");
    expect(validateExtraction(withAmounts(["1.00", "1.00", "1.00"], "3.04"))).toEqual({
      status: "warnings",
      issueCount: 1,
    });
  });

  it("compares nothing when an amount or the net total is not stated", () => {
    expect(validateExtraction(withAmounts(["1.00", null], "99.00")).status).toBe("valid");
    expect(validateExtraction(withAmounts(["1.00"], null)).status).toBe("valid");
    expect(validateExtraction(withAmounts([], "99.00")).status).toBe("valid");
  });

  it("does not lose a cent in large sums", () => {
    const amounts = Array.from({ length: 150 }, () => "9007199254740.93");
    expect(validateExtraction(withAmounts(amounts, "1351079888211139.50")).status).toBe("valid");
    expect(validateExtraction(withAmounts(amounts, "1351079888211141.01")).status).toBe("warnings");
  });
});
