import { extractionFactsSchema, FACTS_LIMITS } from "@flowstate/contracts";
import { sampleInvoice } from "@flowstate/local/fixtures/e-invoice.ts";
import { renderCii, renderMinimum } from "@flowstate/local/fixtures/e-invoice-cii.ts";
import { renderOrderX } from "@flowstate/local/fixtures/e-invoice-order-x.ts";
import { renderUbl } from "@flowstate/local/fixtures/e-invoice-ubl.ts";
import { renderZugferd1 } from "@flowstate/local/fixtures/e-invoice-zugferd-1.ts";
import { describe, expect, it } from "vitest";
import { GOODS, goods, goodsLines, placeOf, statedOf } from "../testing/goods-invoice.ts";
import { factsWith } from "../testing/sample-facts.ts";
import { parseXml } from "./parse-xml.ts";
import { type EInvoiceFacts, readFacts } from "./read-facts.ts";

// Real: the parser and the mappings. The documents are written by the project's own fixtures, each syntax by hand.

function read(xml: string): EInvoiceFacts | undefined {
  const root = parseXml(Buffer.from(xml, "utf8"));
  return root === undefined ? undefined : readFacts(root);
}

describe("readFacts", () => {
  it("reads everything that Factur-X states", () => {
    expect(read(renderCii(goods))).toEqual({ facts: statedOf(goods), complete: true });
  });

  it("reads everything that ZUGFeRD 1.0 states, and takes no note between the lines for a line", () => {
    const facts = statedOf(goods);
    expect(read(renderZugferd1(goods))).toEqual({
      facts: { ...facts, totals: { ...facts.totals, allowances: "0.00", charges: "0.00" } },
      complete: true,
    });
  });

  it("reads everything that XRechnung states in UBL", () => {
    expect(read(renderUbl(goods))).toEqual({ facts: statedOf(goods), complete: true });
  });

  it("reads an order of Order-X", () => {
    const facts = statedOf(goods);
    const [bolts, oil] = goodsLines(null);
    expect(read(renderOrderX(goods))).toEqual({
      facts: {
        ...facts,
        document_type: "purchase_order",
        document_number: goods.purchaseOrder,
        due_date: null,
        references: {
          ...facts.references,
          purchase_order_numbers: [],
          delivery_note_number: null,
          incoterm_place: "Hamburg",
        },
        payment: { iban: null, bic: null },
        lines: [{ ...bolts, discount_amount: null }, oil],
        totals: { ...facts.totals, tax_by_rate: [], due: null },
      },
      complete: true,
    });
  });

  it("reads what the profile MINIMUM states, and that it is not everything", () => {
    const { references, totals } = factsWith({});
    expect(read(renderMinimum(goods))).toEqual({
      facts: factsWith({
        document_number: goods.number,
        document_date: "2026-11-20",
        references: { ...references, purchase_order_numbers: [goods.purchaseOrder] },
        currency: "EUR",
        vendor: placeOf(goods.vendor, goods.vendor.taxId),
        buyer: {
          name: goods.buyer.name,
          street: null,
          postal_code: null,
          city: null,
          country: null,
          tax_ids: [],
        },
        totals: { ...totals, tax_basis: "59.30", tax: "11.27", gross: "70.57", due: "70.57" },
      }),
      complete: false,
    });
  });

  it.each([
    ["Factur-X", renderCii],
    ["UBL", renderUbl],
  ] as const)("reads customs number and batch in %s", (_name, render) => {
    const [bolts] = GOODS;
    if (bolts === undefined) throw new Error("there are goods");
    const facts = read(render(sampleInvoice({ lines: [{ ...bolts, hsCode: "7318 15", batch: "L-0815" }] })))?.facts;
    expect(facts?.lines).toMatchObject([{ hs_code: "731815", batch: "L-0815" }]);
  });

  it("takes an invoice whose lines have no amounts for incomplete, and an order for complete", () => {
    const bare = (xml: string) => xml.replaceAll(/<ram:LineTotalAmount[^>]*>[^<]*<\/ram:LineTotalAmount>/g, "");
    expect(read(bare(renderZugferd1(goods)))?.complete).toBe(false);
    expect(read(bare(renderOrderX(goods)))?.complete).toBe(true);
  });

  it("is undefined for more lines than an extraction holds", () => {
    const [line] = GOODS;
    if (line === undefined) throw new Error("there are goods");
    const many = (count: number) => renderUbl(sampleInvoice({ lines: Array.from({ length: count }, () => line) }));
    expect(read(many(FACTS_LIMITS.lines))?.facts.lines).toHaveLength(FACTS_LIMITS.lines);
    expect(read(many(FACTS_LIMITS.lines + 1))).toBeUndefined();
  });

  it.each([
    "<CrossIndustryInvoice/>",
    "<Invoice><ID>R-1</ID><Supplier/></Invoice>",
    "<Order><Number>1</Number></Order>",
    "<a/>",
  ])("is undefined for what is no e-invoice: %s", (xml) => {
    expect(read(xml)).toBeUndefined();
  });

  it("makes nothing of hostile values that the schema does not allow", () => {
    const hostile = renderCii({ ...goods, number: "n".repeat(9_000), currency: "EURO", iban: "x".repeat(65) })
      .replaceAll("<ram:CountryID>DE<", "<ram:CountryID>Germany<")
      .replaceAll(">30.00<", ">30,00<");
    const facts = read(hostile)?.facts;
    expect(facts?.document_number).toHaveLength(FACTS_LIMITS.text);
    expect(facts).toMatchObject({ currency: null, payment: { iban: null }, vendor: { country: null } });
    expect(facts?.lines[0]?.amount).toBeNull();
    expect(extractionFactsSchema.safeParse(facts).success).toBe(true);
  });
});
