import { describe, expect, it } from "vitest";
import { factsWith } from "../testing/sample-facts.ts";
import { textLayer } from "../testing/text-layer.ts";
import { contradictsPage } from "./contradicts-page.ts";
import { printedDocument } from "./printed-document.ts";

// Real: everything. Pure function.

function contradicts(rows: readonly string[], stated: { gross?: string; due?: string }): boolean {
  return contradictsPage(
    factsWith({ totals: { ...factsWith({}).totals, ...stated } }),
    printedDocument(textLayer(rows)),
  );
}

describe("contradictsPage", () => {
  it("is false when the page prints the totals", () => {
    expect(
      contradicts(["Total|1.190,00", "Prepaid|190,00", "To pay|1.000,00"], { gross: "1190.00", due: "1000.00" }),
    ).toBe(false);
  });

  it.each([
    ["the gross total", { gross: "1190.01", due: "1000.00" }],
    ["what is to be paid", { gross: "1190.00", due: "1000.01" }],
  ])("is true when %s is another", (_which, stated) => {
    expect(contradicts(["Total|1.190,00", "To pay|1.000,00"], stated)).toBe(true);
  });

  it("is false when nothing is left to pay, or nothing is stated", () => {
    expect(contradicts(["Total|1.190,00", "paid"], { gross: "1190.00", due: "0.00" })).toBe(false);
    expect(contradicts(["Total|1.190,00"], {})).toBe(false);
  });

  it("is false when the page prints no amounts: a letter around the data, or a scan with a stamp", () => {
    expect(contradicts(["Dear customer, your invoice 4711 is attached."], { gross: "1190.00" })).toBe(false);
  });
});
