import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { isCutShort } from "./cut-identifier.ts";

// Real: everything. The pages are rows written here.

function isCut(value: string, rows: readonly string[], others: readonly string[] = []): boolean {
  return isCutShort(value, new Set(others), printedPages(rows).text);
}

describe("isCutShort", () => {
  it.each([
    ["INV-2026", ["Invoice INV-2026-0815"]],
    ["0815", ["Invoice INV-2026-0815"]],
    ["2026-0815", ["Invoice INV-2026-0815"]],
    ["INV-2026", ["Invoice|INV-2026-0815"]],
    ["4711", ["Invoice 4711/26"]],
    ["26", ["Invoice 4711/26"]],
    ["4711", ["Nr. 4711.02"]],
    ["4711", ["Item|4711-A"]],
    ["PUMP", ["PUMP_02"]],
    ["INV-2026", ["Invoice INV-2026-", "0815"]],
    ["0815", ["Invoice INV-2026-", "0815"]],
    ["INV-2026", ["Invoice INV-2026-0815", "Please state INV-2026-0815"]],
    ["4711", ["Order 4711-01", "4711-02"]],
    ["19", ["RIM-622-19|Rim|19,90"]],
    ["90", ["RIM-622-90|Rim|19,90"]],
    ["1", ["RIM-622-1|Rim|1,234"]],
  ])("is true of %s on %j", (value, rows) => {
    expect(isCut(value, rows)).toBe(true);
  });

  it.each([
    ["INV-2026-0815", ["Invoice INV-2026-0815"]],
    ["INV-2026-0815", ["Invoice INV-2026-", "0815"]],
    ["4711", ["Rechnung-Nr.4711"]],
    ["4711", ["Rechnungs-Nr.: 4711"]],
    ["4711", ["Invoice-4711"]],
    ["4711", ["Bestell-Nr-4711"]],
    ["4711", ["NR-4711"]],
    ["4711", ["PO-4711"]],
    ["4711", ["Invoice 4711 - 12.00"]],
    ["4711", ["Invoice 4711/15.11.2026"]],
    ["4711", ["Invoice 15.11.2026/4711"]],
    ["4711", ["Invoice 4711.", "Thank you"]],
    ["4711", ["Invoice no.4711."]],
    ["4711", ["Order 4711-01", "Order 4711"]],
    ["4711", ["Invoice 4711/Mueller"]],
    ["4711", ["Orders 4711,4712"]],
    ["19", ["Item 19|Rim|19,90"]],
    ["4711", ["Invoice|4711|-|12.00"]],
    ["4712", ["Invoice 4711-01"]],
  ])("is false of %s on %j", (value, rows) => {
    expect(isCut(value, rows)).toBe(false);
  });

  it("is false of one of two numbers that were both read", () => {
    expect(isCut("4711", ["Your order/ours 4711/88012"], ["4711", "88012"])).toBe(false);
    expect(isCut("4711", ["Your order/ours 4711/88012"], ["4711"])).toBe(true);
    expect(isCut("901", ["Orders 901,902"], ["901", "902"])).toBe(false);
  });

  it("is false of numbers that are printed one behind another, and were all read", () => {
    const others = ["4711", "4712", "4713"];
    for (const value of others) expect(isCut(value, ["Orders 4711/4712/4713"], others)).toBe(false);
  });
});
