import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { groundFacts } from "../grounding/ground-facts.ts";
import { printedPages } from "../testing/printed-pages.ts";
import { factsWith } from "../testing/sample-facts.ts";
import { checkDateOrder } from "./check-date-order.ts";

// Real: everything that looks at dates. The pages are rows written here, as the parser thread hands them out.

function found(rows: readonly string[], stated: Partial<Facts>) {
  const [facts, printed] = [factsWith(stated), printedPages(rows)];
  const { fields } = groundFacts(facts, printed).grounding;
  return {
    findings: checkDateOrder(facts, printed),
    states: fields.flatMap(({ path, grounded }) => (/_date$|^\/extra/.test(path) ? grounded : [])),
  };
}

describe("a date whose order nothing tells", () => {
  const rows = ["Invoice 4711", "Date: 05/03/2026", "Total 12.50"];

  it.each(["2026-03-05", "2026-05-03"])(
    "is not confirmed, and somebody should look, whichever was read: %s",
    (date) => {
      expect(found(rows, { document_date: date, due_date: date })).toEqual({
        findings: [
          { rule: "date_order_unclear", path: "/document_date" },
          { rule: "date_order_unclear", path: "/due_date" },
        ],
        states: ["not_checkable", "not_checkable"],
      });
      expect(found(rows, { extra: [{ name: "picked_on", value: date }] }).states).toEqual(["not_checkable"]);
    },
  );

  it("is another once something tells", () => {
    const told = [...rows, "VAT 20%"];
    expect(found(told, { document_date: "2026-03-05" })).toEqual({ findings: [], states: ["page"] });
    expect(found(told, { document_date: "2026-05-03" })).toEqual({ findings: [], states: ["absent"] });
  });

  it("is none that is printed nowhere", () => {
    expect(found(rows, { document_date: "2026-03-06" })).toEqual({ findings: [], states: ["absent"] });
    expect(found(rows, {})).toEqual({ findings: [], states: [] });
  });
});
