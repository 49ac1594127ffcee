import { EXTRACTION_MAX_LINES, type Extraction, extractionSchema } from "@flowstate/contracts";
import { sampleInvoice } from "@flowstate/local/fixtures/e-invoice.ts";
import { renderCii } from "@flowstate/local/fixtures/e-invoice-xml.ts";
import { describe, expect, it } from "vitest";
import { parseXml } from "./parse-xml.ts";
import { readCii } from "./read-cii.ts";

// Real: the parser and the mapping. The invoices are written here and by the project's own fixture.

function read(xml: string): Extraction | undefined {
  const root = parseXml(Buffer.from(xml, "utf8"));
  return root === undefined ? undefined : readCii(root);
}

/** A smallest invoice with something in one of its places. */
function invoice(parts: { document?: string; lines?: string; agreement?: string; settlement?: string } = {}): string {
  return `<rsm:CrossIndustryInvoice xmlns:rsm="r" xmlns:ram="a" xmlns:udt="u">
    <rsm:ExchangedDocument><ram:ID>R-1</ram:ID><ram:TypeCode>380</ram:TypeCode>${parts.document ?? ""}</rsm:ExchangedDocument>
    <rsm:SupplyChainTradeTransaction>${parts.lines ?? ""}
      <ram:ApplicableHeaderTradeAgreement>${parts.agreement ?? ""}</ram:ApplicableHeaderTradeAgreement>
      <ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>${parts.settlement ?? ""}</ram:ApplicableHeaderTradeSettlement>
    </rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>`;
}

const issued = (format: string, value: string) =>
  `<ram:IssueDateTime><udt:DateTimeString format="${format}">${value}</udt:DateTimeString></ram:IssueDateTime>`;

const line = (content: string) =>
  `<ram:IncludedSupplyChainTradeLineItem>${content}</ram:IncludedSupplyChainTradeLineItem>`;

const price = (charge: string, base: string) =>
  line(
    `<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>${charge}</ram:ChargeAmount>${base}</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>`,
  );

describe("readCii", () => {
  it("reads everything the sample invoice states", () => {
    const sample = sampleInvoice();
    const extraction = read(renderCii(sample));
    expect(extraction).toEqual({
      schema_version: "1.0",
      document_type: "invoice",
      document_number: sample.number,
      document_date: sample.date,
      purchase_order_number: sample.purchaseOrder,
      currency: "EUR",
      vendor: {
        name: "Nordkai Freight Forwarding GmbH",
        street: "Am Sandtorkai 41",
        postal_code: "20457",
        city: "Hamburg",
        country: "DE",
        tax_id: "DE811234567",
      },
      buyer: {
        name: "Weserwerk Machine Tools AG",
        street: "Hafenrandstr. 7",
        postal_code: "28217",
        city: "Bremen",
        country: "DE",
        tax_id: "DE129876543",
      },
      lines: sample.lines.map((row, index) => ({
        position: String(index + 1),
        item_number: row.item,
        description: row.description,
        quantity: row.quantity,
        unit: row.unit,
        unit_price: row.unitPrice,
        amount: row.amount,
        weight: null,
      })),
      totals: {
        net: sample.net,
        tax: sample.tax,
        gross: sample.gross,
        due: sample.gross,
        net_weight: null,
        gross_weight: null,
      },
    });
  });

  it("reads ZUGFeRD 1.0, the same structure under older names", () => {
    const extraction = read(`<rsm:CrossIndustryDocument xmlns:rsm="r" xmlns:ram="a" xmlns:udt="u">
      <rsm:HeaderExchangedDocument><ram:ID>471102</ram:ID><ram:TypeCode>380</ram:TypeCode>${issued("102", "20130305")}</rsm:HeaderExchangedDocument>
      <rsm:SpecifiedSupplyChainTradeTransaction>
        <ram:ApplicableSupplyChainTradeAgreement><ram:SellerTradeParty><ram:Name>Lieferant GmbH</ram:Name></ram:SellerTradeParty></ram:ApplicableSupplyChainTradeAgreement>
        <ram:ApplicableSupplyChainTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
          <ram:SpecifiedTradeSettlementMonetarySummation><ram:GrandTotalAmount currencyID="EUR">529.87</ram:GrandTotalAmount></ram:SpecifiedTradeSettlementMonetarySummation>
        </ram:ApplicableSupplyChainTradeSettlement>
        ${line('<ram:SpecifiedSupplyChainTradeDelivery><ram:BilledQuantity unitCode="C62">20.0000</ram:BilledQuantity></ram:SpecifiedSupplyChainTradeDelivery><ram:SpecifiedSupplyChainTradeSettlement><ram:SpecifiedTradeSettlementMonetarySummation><ram:LineTotalAmount currencyID="EUR">198.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementMonetarySummation></ram:SpecifiedSupplyChainTradeSettlement>')}
      </rsm:SpecifiedSupplyChainTradeTransaction></rsm:CrossIndustryDocument>`);
    expect(extraction).toMatchObject({
      document_number: "471102",
      document_date: "2013-03-05",
      currency: "EUR",
      vendor: { name: "Lieferant GmbH" },
      lines: [{ quantity: "20.0000", unit: "C62", amount: "198.00" }],
      totals: { gross: "529.87" },
    });
  });

  it("says null for what is not stated", () => {
    expect(read(invoice())).toMatchObject({
      document_date: null,
      purchase_order_number: null,
      vendor: null,
      buyer: null,
      lines: [],
      totals: { net: null, tax: null, gross: null, due: null },
    });
  });

  it.each([
    ["102", "20261123", "2026-11-23"],
    ["203", "202611231530", "2026-11-23"],
    ["", "2026-11-23T00:00:00", "2026-11-23"],
    ["102", "20260230", null],
    ["610", "202611", null],
    ["102", "soon", null],
  ])("reads a date of format %j spelled %s as %s", (format, spelled, expected) => {
    expect(read(invoice({ document: issued(format, spelled) }))?.document_date).toBe(expected);
  });

  it.each([
    ["381", "credit_note"],
    ["380", "invoice"],
    ["389", "invoice"],
    ["875", "invoice"],
  ])("takes type %s for a %s", (code, expected) => {
    expect(read(invoice().replace("380", code))?.document_type).toBe(expected);
  });

  it.each([
    ["9.90", "", "9.90"],
    ["9.90", '<ram:BasisQuantity unitCode="H87">1.0000</ram:BasisQuantity>', "9.90"],
    ["9.90", "<ram:BasisQuantity>100</ram:BasisQuantity>", "0.099"],
    ["9.90", "<ram:BasisQuantity>\n  \t</ram:BasisQuantity>", "9.90"],
    ["9.90", "<ram:BasisQuantity>0</ram:BasisQuantity>", null],
  ])("states the price of one unit: %s %s is %s", (charge, base, expected) => {
    expect(read(invoice({ lines: price(charge, base) }))?.lines[0]?.unit_price).toBe(expected);
  });

  it("takes the tax total in the invoice's own currency", () => {
    const settlement = `<ram:SpecifiedTradeSettlementHeaderMonetarySummation>
      <ram:TaxTotalAmount currencyID="USD">21.00</ram:TaxTotalAmount><ram:TaxTotalAmount currencyID="EUR">19.00</ram:TaxTotalAmount>
      </ram:SpecifiedTradeSettlementHeaderMonetarySummation>`;
    expect(read(invoice({ settlement }))?.totals.tax).toBe("19.00");
  });

  it("takes the VAT identifier before a local tax number", () => {
    const agreement = `<ram:SellerTradeParty><ram:Name>A</ram:Name>
      <ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">201/113/40209</ram:ID></ram:SpecifiedTaxRegistration>
      <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE123456789</ram:ID></ram:SpecifiedTaxRegistration></ram:SellerTradeParty>`;
    expect(read(invoice({ agreement }))?.vendor?.tax_id).toBe("DE123456789");
  });

  it("keeps within the schema's bounds by cutting texts and dropping what has no valid form", () => {
    const extraction = read(
      invoice({
        agreement: `<ram:SellerTradeParty><ram:Name>${"n".repeat(511)}😀😀</ram:Name><ram:PostalTradeAddress><ram:CountryID>Germany</ram:CountryID></ram:PostalTradeAddress></ram:SellerTradeParty>`,
        lines: line(
          `<ram:SpecifiedTradeProduct><ram:Name>${"d".repeat(9_000)}</ram:Name></ram:SpecifiedTradeProduct><ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">1,5</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>`,
        ),
      }),
    );
    expect(extraction?.vendor?.name).toBe("n".repeat(511));
    expect(extraction?.vendor?.country).toBeNull();
    expect(extraction?.lines[0]?.description).toHaveLength(4_096);
    expect(extraction?.lines[0]?.quantity).toBeNull();
    expect(extractionSchema.safeParse(extraction).success).toBe(true);
  });

  it("joins an item's name and description unless they say the same", () => {
    const product = (name: string, detail: string) =>
      line(
        `<ram:SpecifiedTradeProduct><ram:Name>${name}</ram:Name><ram:Description>${detail}</ram:Description></ram:SpecifiedTradeProduct>`,
      );
    const described = read(invoice({ lines: product("Paper", "A4, 80 g") + product("Paper", "Paper") }));
    expect(described?.lines.map((row) => row.description)).toEqual(["Paper\nA4, 80 g", "Paper"]);
  });

  it("is undefined for more lines than an extraction holds, and for what is no CII", () => {
    expect(read(invoice({ lines: line("").repeat(EXTRACTION_MAX_LINES) }))?.lines).toHaveLength(EXTRACTION_MAX_LINES);
    expect(read(invoice({ lines: line("").repeat(EXTRACTION_MAX_LINES + 1) }))).toBeUndefined();
    expect(read("<Invoice><ID>UBL</ID></Invoice>")).toBeUndefined();
    expect(read("<CrossIndustryInvoice/>")).toBeUndefined();
  });
});
