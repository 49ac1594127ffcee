import { describe, expect, it } from "vitest";
import { factsWith } from "../testing/sample-facts.ts";
import { checkDates } from "./check-dates.ts";

// Real: the check. The day is a parameter.

const TODAY = "2026-11-23";

function dated(issued: string | null, due: string | null = null) {
  return checkDates(factsWith({ document_date: issued, due_date: due }), TODAY);
}

const issuedImplausible = [{ rule: "date_implausible", path: "/document_date" }];
const dueImplausible = [{ rule: "date_implausible", path: "/due_date" }];

describe("date_implausible", () => {
  it.each(["2026-11-23", "2000-01-01", "2026-11-24", "2027-01-22", null])(
    "is not found for a document of %s",
    (date) => {
      expect(dated(date)).toEqual([]);
    },
  );

  it.each(["1999-12-31", "2027-01-23", "2206-11-23", "0026-11-20"])("is found for a document of %s", (date) => {
    expect(dated(date)).toEqual(issuedImplausible);
  });

  it.each(["2026-12-23", "2031-11-22"])("is not found for one due on %s", (date) => {
    expect(dated(null, date)).toEqual([]);
  });

  it.each(["1999-12-31", "2031-11-30", "9999-12-31"])("is found for one due on %s", (date) => {
    expect(dated(null, date)).toEqual(dueImplausible);
  });
});

describe("due_before_document", () => {
  it("is not found for the same day, a later one, or one date alone", () => {
    expect(dated("2026-11-20", "2026-11-20")).toEqual([]);
    expect(dated("2026-11-20", "2026-12-20")).toEqual([]);
    expect(dated("2026-11-20")).toEqual([]);
    expect(dated(null, "2026-11-20")).toEqual([]);
  });

  it.each([
    ["2026-11-20", "2026-11-19"],
    ["2026-01-01", "2025-12-31"],
  ])("is found for a document of %s due on %s", (issued, due) => {
    expect(dated(issued, due)).toEqual([{ rule: "due_before_document", path: "/due_date" }]);
  });
});
