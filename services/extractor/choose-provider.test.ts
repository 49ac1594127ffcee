import { GhostBytes } from "@flowstate/ghost";
import { describe, expect, it } from "vitest";
import { chooseProvider, MODEL_MAX_PAGES } from "./choose-provider.ts";
import type { EInvoice } from "./pdf/document-reading.ts";

// Real: the choice. Pure.

const read: EInvoice = { state: "read", facts: GhostBytes.growing() };

describe("chooseProvider", () => {
  it("takes the document's own data whenever there is some, model or not", () => {
    expect(chooseProvider({ pageCount: 1, eInvoice: read }, true)).toEqual({ use: "e-invoice" });
    expect(chooseProvider({ pageCount: 1, eInvoice: read }, false)).toEqual({ use: "e-invoice" });
    expect(chooseProvider({ pageCount: MODEL_MAX_PAGES + 1, eInvoice: read }, true)).toEqual({ use: "e-invoice" });
  });

  it.each(["incomplete", "contradicts_page"] as const)(
    "asks the model when the data is %s, and takes it as it is when no model can be asked",
    (state) => {
      const eInvoice: EInvoice = { state, facts: GhostBytes.growing() };
      expect(chooseProvider({ pageCount: MODEL_MAX_PAGES, eInvoice }, true)).toEqual({ use: "gemini" });
      expect(chooseProvider({ pageCount: 1, eInvoice }, false)).toEqual({ use: "e-invoice" });
      expect(chooseProvider({ pageCount: MODEL_MAX_PAGES + 1, eInvoice }, true)).toEqual({ use: "e-invoice" });
    },
  );

  it.each(["absent", "unusable", "over_limits"] as const)("asks the model when the data is %s", (state) => {
    expect(chooseProvider({ pageCount: 1, eInvoice: { state } }, true)).toEqual({ use: "gemini" });
  });

  it("refuses what nobody can read, and says why", () => {
    const refusal = (state: "absent" | "unusable" | "over_limits") =>
      chooseProvider({ pageCount: 1, eInvoice: { state } }, false);
    expect(refusal("absent")).toEqual({ refuse: "document_without_e_invoice" });
    expect(refusal("unusable")).toEqual({ refuse: "document_without_e_invoice" });
    expect(refusal("over_limits")).toEqual({ refuse: "document_over_parser_limits" });
  });

  it("refuses more pages than the model reads", () => {
    const eInvoice: EInvoice = { state: "absent" };
    expect(chooseProvider({ pageCount: MODEL_MAX_PAGES, eInvoice }, true)).toEqual({ use: "gemini" });
    expect(chooseProvider({ pageCount: MODEL_MAX_PAGES + 1, eInvoice }, true)).toEqual({
      refuse: "document_over_parser_limits",
    });
    expect(chooseProvider({ pageCount: MODEL_MAX_PAGES + 1, eInvoice }, false)).toEqual({
      refuse: "document_over_parser_limits",
    });
  });
});
