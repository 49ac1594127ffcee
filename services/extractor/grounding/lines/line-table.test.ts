import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { lineWith } from "../../testing/sample-facts.ts";
import { type Block, lineBlocks } from "./line-blocks.ts";
import { findLineTable, type LineTable } from "./line-table.ts";
import { RowNumbers } from "./row-numbers.ts";

// Real: everything.

type Lines = Parameters<typeof findLineTable>[0];

function tableOf(lines: Lines, ...pages: readonly (readonly string[])[]): LineTable | undefined {
  const printed = printedPages(...pages);
  return findLineTable(lines, printed, new RowNumbers(printed.numbers));
}

function rowsOf(table: LineTable | undefined): readonly (number | undefined)[] {
  return (table?.anchors ?? []).map((anchor) => anchor?.row);
}

function amounts(...values: readonly string[]): Lines {
  return values.map((amount) => lineWith({ amount }));
}

describe("findLineTable", () => {
  it("finds the column of the amounts", () => {
    const table = tableOf(amounts("10.00", "20.00"), ["A|20,00|10,00", "B|10,00|20,00", "Sum||30,00"]);
    expect(rowsOf(table)).toEqual([0, 1]);
    expect(table?.key).toBe("amount");
    expect(table?.column.map(({ readings }) => readings[0])).toEqual(["10", "20", "30"]);
  });

  it("finds lines that are all printed in one row, and ends", () => {
    expect(rowsOf(tableOf(amounts("1.00", "1.00", "1.00"), ["1,00 1,00 1,00"]))).toEqual([0, 0, 0]);
  });

  it("keeps the order of the lines where values repeat", () => {
    const rows = ["A|10,00", "B|20,00", "C|10,00", "D|10,00"];
    expect(rowsOf(tableOf(amounts("10.00", "20.00", "10.00", "10.00"), rows))).toEqual([0, 1, 2, 3]);
    expect(rowsOf(tableOf(amounts("20.00", "10.00", "10.00"), rows))).toEqual([1, 2, 3]);
  });

  it("goes over pages", () => {
    expect(rowsOf(tableOf(amounts("10.00", "20.00"), ["A|10,00"], ["Invoice, page 2", "B|20,00"]))).toEqual([0, 2]);
  });

  it("leaves out lines whose value is not in the column", () => {
    expect(rowsOf(tableOf(amounts("10.00", "99.00", "30.00"), ["A|10,00", "B|20,00", "C|30,00"]))).toEqual([
      0,
      undefined,
      2,
    ]);
  });

  it("takes the place where the line's other numbers are, and not a total that is as high", () => {
    const only = [lineWith({ quantity: "4", unit_price: "5.50", amount: "22.00" })];
    const rows = [
      "Amount due||22,00",
      "A",
      "B",
      "C",
      "D",
      "E",
      "F",
      "G",
      "Steak|4|5,50|22,00",
      "Net|||22,00",
      "Total|||22,00",
    ];
    expect(rowsOf(tableOf(only, rows))).toEqual([8]);
  });

  it("finds lines without amounts by what they count or weigh", () => {
    const packed = [lineWith({ quantity: "20" }), lineWith({ quantity: "35" })];
    expect(tableOf(packed, ["Pallets|20", "Film|35"])?.key).toBe("quantity");
    const weighed = [
      lineWith({ gross_weight: { value: "12.5", unit: "kg" } }),
      lineWith({ gross_weight: { value: "7.25", unit: "kg" } }),
    ];
    expect(tableOf(weighed, ["Pallets|12,5", "Film|7,25"])?.key).toBe("gross_weight");
  });

  it("finds none where fewer than half of the lines are in one column", () => {
    expect(tableOf(amounts("10.00", "20.00", "30.00"), ["A|10,00", "B"])).toBeUndefined();
    expect(tableOf([], ["A|10,00"])).toBeUndefined();
    expect(tableOf([lineWith({ description: "A" })], ["A|10,00"])).toBeUndefined();
  });
});

describe("lineBlocks", () => {
  function blocksOf(lines: Lines, rows: readonly string[]): readonly Block[] {
    const printed = printedPages(rows);
    const numbers = new RowNumbers(printed.numbers);
    return lineBlocks(lines, findLineTable(lines, printed, numbers), numbers);
  }
  const lines = [
    lineWith({ quantity: "2", unit_price: "5.00", amount: "10.00" }),
    lineWith({ quantity: "2", unit_price: "5.00", amount: "10.00" }),
    lineWith({ quantity: "4", unit_price: "5.00", amount: "20.00" }),
  ];

  it("are single rows where everything stands in one", () => {
    const rows = ["A|2|5,00|10,00", "B|2|5,00|10,00", "C|4|5,00|20,00"];
    expect(blocksOf(lines, rows)).toMatchObject([{ from: 0, to: 0 }, { from: 1, to: 1 }, { from: 2 }]);
  });

  it("begin above the amounts where those stand below the rest", () => {
    const rows = ["A|2|5,00", "|||10,00", "B|2|5,00", "|||10,00", "C|4|5,00", "|||20,00"];
    expect(blocksOf(lines, rows)).toMatchObject([{ from: 0, to: 1 }, { from: 2, to: 3 }, { from: 4 }]);
  });

  it("begin with the amounts where the rest stands below", () => {
    const rows = ["A|||10,00", "|2|5,00", "B|||10,00", "|2|5,00", "C|||20,00", "|4|5,00"];
    expect(blocksOf(lines, rows)).toMatchObject([
      { from: 0, to: 1 },
      { from: 2, to: 3 },
      { from: 4, to: 5 },
    ]);
  });

  it("of a line that was not found lie between its neighbours", () => {
    const [first, , last] = lines;
    if (first === undefined || last === undefined) throw new Error("three lines");
    const rows = ["A|2|5,00|10,00", "B|7|7,00|49,00", "C|4|5,00|20,00"];
    expect(blocksOf([first, lineWith({ amount: "94.00" }), last], rows)).toMatchObject([
      { from: 0 },
      { from: 1, to: 1 },
      { from: 2 },
    ]);
  });

  it("are the whole document where there is no table", () => {
    expect(blocksOf([lineWith({ amount: "1.00" })], ["A|2"])).toEqual([{ from: 0, to: Number.POSITIVE_INFINITY }]);
  });
});
