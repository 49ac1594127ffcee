import type { GroundedField, Grounding } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { checkTypeOnPage } from "./check-type-on-page.ts";

// Real: everything. Grounding itself is not involved.

function grounding(grounded: GroundedField["grounded"]): Grounding {
  return { text_layer: true, score: "1", fields: [{ path: "/document_type", grounded }], unmatched_amounts: 0 };
}

describe("checkTypeOnPage", () => {
  it("finds a document that calls itself something else", () => {
    expect(checkTypeOnPage(grounding("absent"))).toEqual([
      { rule: "document_type_not_on_page", path: "/document_type" },
    ]);
  });

  it("finds nothing where the page agrees or does not tell", () => {
    expect([...checkTypeOnPage(grounding("page")), ...checkTypeOnPage(grounding("not_checkable"))]).toEqual([]);
  });
});
