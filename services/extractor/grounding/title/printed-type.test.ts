import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith } from "../../testing/sample-facts.ts";
import { groundFacts } from "../ground-facts.ts";

// Real: grounding. The pages are rows written here; a cell that begins with # is printed larger than the others.

type DocumentType = Facts["document_type"];
const TYPES = ["invoice", "credit_note", "purchase_order", "order_confirmation", "packing_list"] as const;

function stateOf(
  type: DocumentType,
  pages: readonly (readonly string[])[],
  stated: Partial<Facts> = {},
): string | undefined {
  const facts = factsWith({ document_type: type, document_number: "RE-2026-17", ...stated });
  return groundFacts(facts, printedPages(...pages)).grounding.fields.find(({ path }) => path === "/document_type")
    ?.grounded;
}

/** The types that a document may be taken for. */
function possible(...pages: readonly (readonly string[])[]): DocumentType[] {
  return ([...TYPES, "delivery_note", "bill_of_lading", "other"] as const).filter(
    (type) => stateOf(type, pages) === "page",
  );
}

describe("the type of a document", () => {
  it.each([
    ["a large title", ["Acme Ltd|#INVOICE", "Delivery note|LS-44", "Purchase order|PO-9"]],
    ["a large title with its number", ["#Rechnung Nr. RE-2026-17", "Lieferschein 44", "Bestellung"]],
    ["what its number is called", ["Lieferschein-Nr.|LS-44", "Rechnungs-Nr.|RE-2026-17", "Bestellung|PO-9"]],
    ["what its number is called in the same cell", ["Delivery note: LS-44", "Invoice no. RE-2026-17"]],
    ["what its number is called, not what is named behind it", ["Invoice RE-2026-17 for delivery note LS-44"]],
    ["what its number is called above it", ["Order no|Invoice no|Date", "PO-9|RE-2026-17|3.11.2026"]],
    ["a title that is alone in its row", ["Acme Ltd|High Street 5", "FACTURE", "Bon de livraison|44"]],
  ])("is told by %s", (_what, rows) => {
    expect(possible(rows)).toEqual(["invoice"]);
  });

  it("is told by the largest title, whatever number the document has", () => {
    expect(possible(["#PACKING LIST", "Invoice no.|RE-2026-17"])).toEqual(["packing_list"]);
    expect(possible(["#Mahnung", "Rechnung|RE-2026-17|119,00"])).toEqual(["other"]);
    expect(possible(["#Proforma invoice", "Invoice no.|RE-2026-17"])).toEqual(["other"]);
  });

  it("is told by the first page that says something, because others may be attached", () => {
    expect(possible(["Dear Sirs,"], ["Invoice|RE-2026-17"], ["#Delivery note"])).toEqual(["invoice"]);
    expect(possible(["Invoice|RE-2026-17"], ["#Delivery note"])).toEqual(["invoice"]);
  });

  it("may be any of those that a title names", () => {
    expect(possible(["#Lieferschein / Rechnung"])).toEqual(["invoice", "delivery_note"]);
    expect(possible(["#Order", "Order no.|RE-2026-17"])).toEqual(["purchase_order", "order_confirmation"]);
  });

  it("is an invoice under the title of a cancelled one only where money is given back", () => {
    const totals = { ...factsWith({}).totals, gross: "-119.00" };
    expect(stateOf("invoice", [["#Stornorechnung"]])).toBe("absent");
    expect(stateOf("invoice", [["#Stornorechnung"]], { totals })).toBe("page");
    expect(stateOf("invoice", [["#Gutschrift"]], { totals })).toBe("absent");
  });

  it("cannot be told where the page has no title", () => {
    const rows = ["Acme Ltd|3 November 2026", "Your order:|PO-9", "1|Pallet|119,00", "RE-2026-17"];
    for (const type of TYPES) expect(stateOf(type, [rows])).toBe("not_checkable");
    expect(stateOf("invoice", [[...rows, "Lieferschein 4711 vom 3.11.2026"]])).toBe("not_checkable");
    expect(stateOf("invoice", [["Delivery note|17"]], { document_number: "17" })).toBe("not_checkable");
    expect(stateOf("invoice", [["Delivery note|17"]], { document_number: null })).toBe("not_checkable");
  });
});
