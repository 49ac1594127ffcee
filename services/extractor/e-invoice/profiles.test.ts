import { extractionFactsSchema, type Facts } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import { type EInvoiceSyntax, eInvoicePdf } from "@flowstate/local/fixtures/e-invoice.ts";
import { EXTENDED_TERMS } from "@flowstate/local/fixtures/e-invoice-extended.ts";
import { describe, expect, it } from "vitest";
import { GOODS, goods, statedOf } from "../testing/goods-invoice.ts";
import { readerWithoutThread } from "../testing/reader-without-thread.ts";

// Real: everything between a PDF and its facts. The PDFs are made by the project's own fixture; what
// is expected is every field of the schema, from the fixture's own values.

async function read(syntax: EInvoiceSyntax): Promise<{ readonly state: string; readonly facts: Facts }> {
  using content = GhostBytes.taking(await eInvoicePdf({ syntax, lines: GOODS }));
  const reading = await readerWithoutThread.read(content, new AbortController().signal);
  if (reading.result !== "opened" || !("facts" in reading.eInvoice)) throw new Error("there is no e-invoice");
  using facts = reading.eInvoice.facts;
  using _layer = reading.text.state === "read" ? reading.text.layer : undefined;
  return {
    state: reading.eInvoice.state,
    facts: extractionFactsSchema.parse(JSON.parse(facts.view().toString("utf8"))),
  };
}

const comfort = statedOf(goods);
const withoutTerms = { ...comfort.references, incoterm: null };
const withoutBank = { iban: goods.iban, bic: null };

describe("a whole document of Factur-X", () => {
  it("in the profile EN 16931 is read in every field", async () => {
    expect(await read("en-16931")).toEqual({ state: "read", facts: comfort });
  });

  it("in the profile BASIC WL is read in every field, and says that its lines are missing", async () => {
    expect(await read("basic-wl")).toEqual({
      state: "incomplete",
      facts: { ...comfort, references: withoutTerms, payment: withoutBank, lines: [] },
    });
  });

  it("in the profile BASIC is read in every field", async () => {
    const lines = comfort.lines.map((line) => ({
      ...line,
      seller_item_number: null,
      buyer_item_number: null,
      origin_country: null,
    }));
    expect(await read("basic")).toEqual({
      state: "read",
      facts: { ...comfort, references: withoutTerms, payment: withoutBank, lines },
    });
  });

  it("in the profile EXTENDED is read in every field, without the lines that are no items", async () => {
    const { incotermPlace, deliveryNote, packagesOfLine, allowances, charges, prepaid, rounding } = EXTENDED_TERMS;
    expect(await read("extended")).toEqual({
      state: "read",
      facts: {
        ...comfort,
        references: { ...comfort.references, delivery_note_number: deliveryNote, incoterm_place: incotermPlace },
        lines: comfort.lines.map((line) => ({ ...line, packages: packagesOfLine })),
        totals: { ...comfort.totals, allowances, charges, prepaid, rounding },
      },
    });
  });
});
