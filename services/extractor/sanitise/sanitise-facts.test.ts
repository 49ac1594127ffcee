import { extractionFactsSchema } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { factsWith, invoiceFacts, lineWith } from "../testing/sample-facts.ts";
import { sanitiseFacts } from "./sanitise-facts.ts";

// Real: everything.

const party = { name: null, street: null, postal_code: null, city: null, country: null, tax_ids: [] };

describe("sanitiseFacts", () => {
  it("changes nothing in facts that are clean", () => {
    expect(sanitiseFacts(invoiceFacts())).toEqual({ facts: invoiceFacts(), formulaPaths: [] });
  });

  it("leaves the facts it is given alone", () => {
    const facts = invoiceFacts((dirty) => {
      dirty.document_number = "\u202eLX";
    });
    sanitiseFacts(facts);
    expect(facts.document_number).toBe("\u202eLX");
  });

  it("cleans texts wherever they are", () => {
    const { facts } = sanitiseFacts(
      factsWith({
        document_number: "NK\u200b-1",
        references: { ...factsWith({}).references, purchase_order_numbers: ["\u202ePO-1", "PO\n2"] },
        vendor: { ...party, name: "A\u0000B", tax_ids: [{ scheme: "vat", value: "DE\u200b1" }] },
        lines: [lineWith({ description: "a\r\nb", batch: "a\r\nb", unit: "\u2066kg" })],
        extra: [{ name: "project", value: "x\u0007" }],
      }),
    );
    expect(facts).toMatchObject({
      document_number: "NK-1",
      references: { purchase_order_numbers: ["PO-1", "PO 2"] },
      vendor: { name: "AB", tax_ids: [{ scheme: "vat", value: "DE1" }] },
      lines: [{ description: "a\nb", batch: "a b", unit: "kg" }],
      extra: [{ name: "project", value: "x" }],
    });
  });

  it("takes what shows nothing for not stated", () => {
    const { facts } = sanitiseFacts(
      factsWith({
        document_number: "\u200b",
        references: { ...factsWith({}).references, seal_numbers: ["\u2060", "S1"] },
        vendor: {
          ...party,
          name: " ",
          tax_ids: [
            { scheme: "vat", value: "\ufeff" },
            { scheme: "other", value: "7" },
          ],
        },
        lines: [lineWith({ description: "\n" })],
        totals: { ...factsWith({}).totals, volume: { value: "1", unit: "\u200b" } },
        extra: [{ name: "project", value: "\u200b" }],
      }),
    );
    expect(facts).toEqual(
      factsWith({
        references: { ...factsWith({}).references, seal_numbers: ["S1"] },
        vendor: { ...party, tax_ids: [{ scheme: "other", value: "7" }] },
        lines: [lineWith({})],
        totals: { ...factsWith({}).totals, volume: { value: "1", unit: null } },
        extra: [{ name: "project", value: null }],
      }),
    );
    expect(extractionFactsSchema.safeParse(facts).success).toBe(true);
  });

  it("lists what a spreadsheet would run, by its pointer in the cleaned facts", () => {
    const { formulaPaths } = sanitiseFacts(
      factsWith({
        document_number: "\u200b=1+1",
        references: { ...factsWith({}).references, seal_numbers: ["\u200b", "@x"] },
        lines: [lineWith({ amount: "-5.00" }), lineWith({ description: " -cmd", amount: "-1" })],
        extra: [{ name: "project", value: "+x" }],
      }),
    );
    expect(formulaPaths).toEqual([
      "/document_number",
      "/references/seal_numbers/0",
      "/lines/1/description",
      "/extra/0/value",
    ]);
  });
});
