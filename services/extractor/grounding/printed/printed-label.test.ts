import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { labelBefore, labelsAbove } from "./printed-label.ts";

// Real: everything, over pages of rows whose cells are parted by `|`.

function labelsOf(value: string, ...rows: readonly string[]) {
  const printed = printedPages(rows);
  const [place] = printed.countsByValue.get(value) ?? [];
  if (place === undefined) throw new Error("it is not printed");
  return { before: labelBefore(place, printed), above: labelsAbove(place, printed) };
}

describe("labelBefore", () => {
  it("is what stands before a number in its row, in its own cell or in others", () => {
    expect(labelsOf("119", "Net|100,00", "Total|EUR|119,00").before).toBe("Total EUR ");
    expect(labelsOf("119", "Total due: EUR 119,00").before.trim()).toBe("Total due: EUR");
  });

  it("begins behind the amount before it, where a word stands between the two", () => {
    expect(labelsOf("119", "Net|100,00|VAT|19,00|Total|119,00").before.trim()).toBe("Total");
  });

  it("is the label of all amounts of a row that has one label", () => {
    expect(labelsOf("119", "Total|100,00|19,00|119,00").before).toMatch(/^Total /);
  });

  it("is not cut at a percentage or a count", () => {
    expect(labelsOf("119", "Total incl. 19 % VAT|119,00").before.trim()).toBe("Total incl. 19 % VAT");
  });
});

describe("labelBefore, in a row that is made to take long", () => {
  it("is nothing", () => {
    expect(labelsOf("7", `Total|${Array.from({ length: 200 }, () => "1,00").join("|")}|7`).before).toBe("");
    expect(labelsOf("7", `Total|${Array.from({ length: 200 }, () => "1,00").join(" ")} 7`).before).toBe("");
  });
});

describe("labelsAbove", () => {
  it("are what stands nearest above a number, within two rows", () => {
    expect(labelsOf("119", "|Net|Total TTC", "|100,00|119,00").above).toEqual(["Total TTC"]);
    expect(labelsOf("119", "|Far|Total", "|a|b", "|c|d", "|100,00|119,00").above).not.toContain("Total");
  });

  it("are none on the first row of a page", () => {
    expect(labelsOf("119", "119,00").above).toEqual([]);
  });
});
