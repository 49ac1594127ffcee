import { FACTS_LIMITS, type Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { factsWith } from "../../testing/sample-facts.ts";
import { parseXml } from "../parse-xml.ts";
import { readCii } from "./read-cii.ts";

// Real: the parser and the mapping. The messages are written here, each around the one thing that it shows.

function read(xml: string): Facts | undefined {
  const root = parseXml(Buffer.from(xml, "utf8"));
  return root === undefined ? undefined : readCii(root);
}

interface Parts {
  readonly root?: string;
  readonly document?: string;
  readonly lines?: string;
  readonly agreement?: string;
  readonly delivery?: string;
  readonly settlement?: string;
}

/** A smallest message with something in one of its places. */
function message(parts: Parts = {}): string {
  const { root = "CrossIndustryInvoice", document = "", lines = "", agreement = "", delivery = "" } = parts;
  return `<rsm:${root} xmlns:rsm="r" xmlns:ram="a" xmlns:udt="u">
    <rsm:ExchangedDocument><ram:ID>R-1</ram:ID><ram:TypeCode>380</ram:TypeCode>${document}</rsm:ExchangedDocument>
    <rsm:SupplyChainTradeTransaction>${lines}
      <ram:ApplicableHeaderTradeAgreement>${agreement}</ram:ApplicableHeaderTradeAgreement>
      <ram:ApplicableHeaderTradeDelivery>${delivery}</ram:ApplicableHeaderTradeDelivery>
      <ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>${parts.settlement ?? ""}</ram:ApplicableHeaderTradeSettlement>
    </rsm:SupplyChainTradeTransaction></rsm:${root}>`;
}

const issued = (format: string, value: string) =>
  `<ram:IssueDateTime><udt:DateTimeString format="${format}">${value}</udt:DateTimeString></ram:IssueDateTime>`;

const line = (content: string) =>
  `<ram:IncludedSupplyChainTradeLineItem>${content}</ram:IncludedSupplyChainTradeLineItem>`;

const product = (content: string) => line(`<ram:SpecifiedTradeProduct>${content}</ram:SpecifiedTradeProduct>`);

const delivered = (content: string) =>
  line(`<ram:SpecifiedLineTradeDelivery>${content}</ram:SpecifiedLineTradeDelivery>`);

const allowance = (isCharge: string, amount: string) =>
  `<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>${isCharge}</udt:Indicator></ram:ChargeIndicator><ram:ActualAmount>${amount}</ram:ActualAmount></ram:SpecifiedTradeAllowanceCharge>`;

const numbered = (number: string, status: string) =>
  line(
    `<ram:AssociatedDocumentLineDocument><ram:LineID>${number}</ram:LineID>${status}</ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct><ram:Name>Paper</ram:Name></ram:SpecifiedTradeProduct>`,
  );

describe("readCii", () => {
  it("says null, or nothing, for what is not stated", () => {
    expect(read(message())).toEqual(factsWith({ document_number: "R-1", currency: "EUR" }));
  });

  it.each([
    ["102", "20261123", "2026-11-23"],
    ["203", "202611231530", "2026-11-23"],
    ["", "2026-11-23T00:00:00", "2026-11-23"],
    ["102", "20260230", null],
    ["610", "202611", null],
    ["102", "soon", null],
  ])("reads a date of format %j spelled %s as %s", (format, spelled, expected) => {
    expect(read(message({ document: issued(format, spelled) }))?.document_date).toBe(expected);
  });

  it.each([
    ["CrossIndustryInvoice", "380", "invoice"],
    ["CrossIndustryInvoice", "261", "credit_note"],
    ["CrossIndustryInvoice", "325", "other"],
    ["SCRDMCCBDACIOMessageStructure", "220", "purchase_order"],
    ["SCRDMCCBDACIOMessageStructure", "230", "other"],
    ["SCRDMCCBDACIDAMessageStructure", "351", "delivery_note"],
  ])("takes a %s of type %s for a %s", (root, typeCode, expected) => {
    expect(read(message({ root }).replace("380", typeCode))?.document_type).toBe(expected);
  });

  it.each([
    ["220", "9", "", "purchase_order"],
    ["220", "1", "", "other"],
    ["231", "29", "", "order_confirmation"],
    ["231", "27", "", "other"],
    ["231", "29", "<ram:LineStatusCode>5</ram:LineStatusCode>", "order_confirmation"],
    ["231", "29", "<ram:LineStatusCode>7</ram:LineStatusCode>", "other"],
  ])("takes an Order-X of type %s for the purpose %s, a line of which says %j, for a %s", (...said) => {
    const [typeCode, purpose, status, expected] = said;
    const document = `<ram:PurposeCode>${purpose}</ram:PurposeCode>`;
    const xml = message({ root: "SCRDMCCBDACIOMessageStructure", document, lines: numbered("1", status) });
    expect(read(xml.replace("380", typeCode))?.document_type).toBe(expected);
  });

  it.each(["ExchangedDocumentContext", "SpecifiedExchangedDocumentContext"])("books no test: %s", (context) => {
    const tested = (says: string) =>
      message().replace(
        "<rsm:ExchangedDocument>",
        `<rsm:${context}><ram:TestIndicator><udt:Indicator>${says}</udt:Indicator></ram:TestIndicator></rsm:${context}><rsm:ExchangedDocument>`,
      );
    expect(read(tested("true"))?.document_type).toBe("other");
    expect(read(tested("false"))?.document_type).toBe("invoice");
  });

  it.each([
    ["beside the net price", "<ram:BasisQuantity>100</ram:BasisQuantity>", "", "100"],
    ["beside the gross price only", "", "<ram:BasisQuantity>100</ram:BasisQuantity>", "100"],
    ["beside neither", "", "", null],
  ])("reads what a price is for, where that stands %s", (_where, net, gross, expected) => {
    const prices = `<ram:GrossPriceProductTradePrice><ram:ChargeAmount>13.00</ram:ChargeAmount>${gross}</ram:GrossPriceProductTradePrice><ram:NetPriceProductTradePrice><ram:ChargeAmount>12.48</ram:ChargeAmount>${net}</ram:NetPriceProductTradePrice>`;
    const lines = line(`<ram:SpecifiedLineTradeAgreement>${prices}</ram:SpecifiedLineTradeAgreement>`);
    expect(read(message({ lines }))?.lines).toMatchObject([{ unit_price: "12.48", price_base_quantity: expected }]);
  });

  it.each([
    ["CrossIndustryInvoice", "<ram:BilledQuantity unitCode='C62'>3</ram:BilledQuantity>"],
    [
      "SCRDMCCBDACIOMessageStructure",
      "<ram:RequestedQuantity unitCode='C62'>9</ram:RequestedQuantity><ram:AgreedQuantity unitCode='C62'>3</ram:AgreedQuantity>",
    ],
    ["SCRDMCCBDACIDAMessageStructure", "<ram:DespatchedQuantity unitCode='C62'>3</ram:DespatchedQuantity>"],
  ])("reads the quantity that counts in a %s", (root, quantities) => {
    expect(read(message({ root, lines: delivered(quantities) }))?.lines).toMatchObject([
      { quantity: "3", unit: "C62" },
    ]);
  });

  it.each([
    ["allowances are a discount", allowance("false", "5.00") + allowance("false", "0.5"), "5.50"],
    ["charges are a negative one", allowance("true", "3.10"), "-3.10"],
    ["both are summed up", allowance("false", "5.00") + allowance("true", "3.10"), "1.90"],
    ["one of them cannot be read", allowance("false", "5.00") + allowance("false", "5,00"), null],
    ["there are none", "", null],
  ])("states a line's discount when %s", (_when, allowances, expected) => {
    const lines = line(
      `<ram:SpecifiedTradeProduct><ram:Name>A</ram:Name></ram:SpecifiedTradeProduct><ram:SpecifiedLineTradeSettlement>${allowances}</ram:SpecifiedLineTradeSettlement>`,
    );
    expect(read(message({ lines }))?.lines[0]?.discount_amount).toBe(expected);
  });

  it("takes neither subtotals nor explanations for lines, because they count in no sum", () => {
    const status = (reason: string) => `<ram:LineStatusReasonCode>${reason}</ram:LineStatusReasonCode>`;
    const lines =
      numbered("01", status("GROUP")) +
      numbered("0101", status("DETAIL")) +
      numbered("0102", status("INFORMATION")) +
      numbered("02", "");
    expect(read(message({ lines }))?.lines.map(({ position }) => position)).toEqual(["0101", "02"]);
  });

  it.each([
    ['<ram:GlobalID schemeID="0160">4006381333931</ram:GlobalID>', "4006381333931"],
    ['<ram:GlobalID schemeID="0088">1</ram:GlobalID><ram:GlobalID schemeID="0160">2</ram:GlobalID>', "2"],
    ['<ram:GlobalID schemeID="0088">4006381333931</ram:GlobalID>', null],
    ["<ram:GlobalID>4006381333931</ram:GlobalID>", null],
  ])("finds the GTIN in %s", (identifiers, expected) => {
    expect(read(message({ lines: product(`<ram:Name>A</ram:Name>${identifiers}`) }))?.lines[0]?.gtin).toBe(expected);
  });

  it("joins an item's name and description unless they say the same", () => {
    const described = (name: string, detail: string) =>
      product(`<ram:Name>${name}</ram:Name><ram:Description>${detail}</ram:Description>`);
    const facts = read(message({ lines: described("Paper", "A4, 80 g") + described("Paper", "Paper") }));
    expect(facts?.lines.map((row) => row.description)).toEqual(["Paper\nA4, 80 g", "Paper"]);
  });

  it("reads weights, packages, customs number and batch of a line", () => {
    const lines = line(
      `<ram:SpecifiedTradeProduct><ram:Name>Bolts</ram:Name><ram:BatchID>L-1</ram:BatchID>
        <ram:DesignatedProductClassification><ram:ClassCode listID="STI">9</ram:ClassCode></ram:DesignatedProductClassification>
        <ram:DesignatedProductClassification><ram:ClassCode listID="HS">7318.15</ram:ClassCode></ram:DesignatedProductClassification>
      </ram:SpecifiedTradeProduct>
      <ram:SpecifiedLineTradeDelivery><ram:PackageQuantity>4</ram:PackageQuantity>
        <ram:NetWeightMeasure unitCode="KGM">12.5</ram:NetWeightMeasure><ram:GrossWeightMeasure unitCode="KGM">13</ram:GrossWeightMeasure>
      </ram:SpecifiedLineTradeDelivery>`,
    );
    expect(read(message({ lines }))?.lines).toMatchObject([
      {
        hs_code: "7318.15",
        batch: "L-1",
        packages: "4",
        net_weight: { value: "12.5", unit: "KGM" },
        gross_weight: { value: "13", unit: "KGM" },
      },
    ]);
  });

  it("reads every sum of the document", () => {
    const settlement = `<ram:SpecifiedTradeSettlementHeaderMonetarySummation>
      <ram:LineTotalAmount>100.00</ram:LineTotalAmount><ram:ChargeTotalAmount>5.00</ram:ChargeTotalAmount>
      <ram:AllowanceTotalAmount>3.00</ram:AllowanceTotalAmount><ram:TaxBasisTotalAmount>102.00</ram:TaxBasisTotalAmount>
      <ram:TaxTotalAmount currencyID="EUR">19.38</ram:TaxTotalAmount><ram:RoundingAmount>0.02</ram:RoundingAmount>
      <ram:GrandTotalAmount>121.38</ram:GrandTotalAmount><ram:TotalPrepaidAmount>21.40</ram:TotalPrepaidAmount>
      <ram:DuePayableAmount>100.00</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>`;
    expect(read(message({ settlement }))?.totals).toMatchObject({
      net: "100.00",
      charges: "5.00",
      allowances: "3.00",
      tax_basis: "102.00",
      tax: "19.38",
      rounding: "0.02",
      gross: "121.38",
      prepaid: "21.40",
      due: "100.00",
    });
  });

  it.each([
    [
      '<ram:TaxTotalAmount currencyID="USD">21.00</ram:TaxTotalAmount>',
      '<ram:TaxTotalAmount currencyID="EUR">19.00</ram:TaxTotalAmount>',
      "19.00",
    ],
    [
      '<ram:TaxTotalAmount currencyID="USD">21.00</ram:TaxTotalAmount>',
      "<ram:TaxTotalAmount>19.00</ram:TaxTotalAmount>",
      "19.00",
    ],
    ['<ram:TaxTotalAmount currencyID="USD">21.00</ram:TaxTotalAmount>', "", null],
  ])("takes the tax total in the document's own currency: %s%s", (first, second, expected) => {
    const settlement = `<ram:SpecifiedTradeSettlementHeaderMonetarySummation>${first}${second}</ram:SpecifiedTradeSettlementHeaderMonetarySummation>`;
    expect(read(message({ settlement }))?.totals.tax).toBe(expected);
  });

  it("names the scheme of each tax identifier", () => {
    const agreement = `<ram:SellerTradeParty><ram:Name>A</ram:Name>
      <ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">201/113/40209</ram:ID></ram:SpecifiedTaxRegistration>
      <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE123456789</ram:ID></ram:SpecifiedTaxRegistration>
      <ram:SpecifiedTaxRegistration><ram:ID>X-1</ram:ID></ram:SpecifiedTaxRegistration></ram:SellerTradeParty>`;
    expect(read(message({ agreement }))?.vendor?.tax_ids).toEqual([
      { scheme: "tax_number", value: "201/113/40209" },
      { scheme: "vat", value: "DE123456789" },
      { scheme: "other", value: "X-1" },
    ]);
  });

  it("joins the lines of an address, and has no party where none is described", () => {
    const delivery =
      "<ram:ShipToTradeParty><ram:PostalTradeAddress><ram:LineOne>Hall 3</ram:LineOne><ram:LineTwo>Gate 4</ram:LineTwo></ram:PostalTradeAddress></ram:ShipToTradeParty>";
    expect(read(message({ delivery }))?.ship_to?.street).toBe("Hall 3, Gate 4");
    expect(
      read(message({ delivery: "<ram:ShipToTradeParty><ram:ID>7</ram:ID></ram:ShipToTradeParty>" }))?.ship_to,
    ).toBeNull();
  });

  it("collects the order numbers of document and lines, each once", () => {
    const order = (number: string) =>
      `<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>${number}</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>`;
    const ordered = (number: string) =>
      line(`<ram:SpecifiedLineTradeAgreement>${order(number)}</ram:SpecifiedLineTradeAgreement>`);
    const xml = message({ agreement: order("PO-1"), lines: ordered("PO-2") + ordered("PO-1") + ordered("PO-3") });
    expect(read(xml)?.references.purchase_order_numbers).toEqual(["PO-1", "PO-2", "PO-3"]);
  });

  it("takes the account to pay to, not the one that is debited, and the first date that something is due", () => {
    const due = (date: string) =>
      `<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format="102">${date}</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>`;
    const settlement = `<ram:SpecifiedTradeSettlementPaymentMeans><ram:PayerPartyDebtorFinancialAccount><ram:IBANID>DE1</ram:IBANID></ram:PayerPartyDebtorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
      <ram:SpecifiedTradeSettlementPaymentMeans><ram:PayeePartyCreditorFinancialAccount><ram:IBANID>DE89 3704 0044 0532 0130 00</ram:IBANID></ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
      <ram:SpecifiedTradePaymentTerms><ram:Description>30 days</ram:Description></ram:SpecifiedTradePaymentTerms>${due("20261201")}${due("20270101")}`;
    expect(read(message({ settlement }))).toMatchObject({
      payment: { iban: "DE89370400440532013000", bic: null },
      due_date: "2026-12-01",
    });
  });

  it("reads the consignment: carrier, containers, seals, weights", () => {
    const delivery = `<ram:RelatedSupplyChainConsignment>
      <ram:GrossWeightMeasure unitCode="KGM">18000</ram:GrossWeightMeasure><ram:NetWeightMeasure unitCode="KGM">17250.5</ram:NetWeightMeasure>
      <ram:GrossVolumeMeasure unitCode="MTQ">62.3</ram:GrossVolumeMeasure><ram:PackageQuantity>420</ram:PackageQuantity>
      <ram:CarrierTradeParty><ram:Name>Nordkai Line</ram:Name></ram:CarrierTradeParty>
      <ram:TransportContractReferencedDocument><ram:IssuerAssignedID>BL-77</ram:IssuerAssignedID></ram:TransportContractReferencedDocument>
      <ram:UtilizedLogisticsTransportEquipment><ram:ID>CSQU 305438 3</ram:ID><ram:AffixedLogisticsSeal><ram:ID>S-1</ram:ID></ram:AffixedLogisticsSeal></ram:UtilizedLogisticsTransportEquipment>
      <ram:UtilizedLogisticsTransportEquipment><ram:ID>MSCU6398711</ram:ID></ram:UtilizedLogisticsTransportEquipment>
    </ram:RelatedSupplyChainConsignment>`;
    expect(read(message({ delivery }))).toMatchObject({
      carrier: { name: "Nordkai Line" },
      references: {
        shipment_number: "BL-77",
        container_numbers: ["CSQU3054383", "MSCU6398711"],
        seal_numbers: ["S-1"],
      },
      totals: {
        net_weight: { value: "17250.5", unit: "KGM" },
        gross_weight: { value: "18000", unit: "KGM" },
        volume: { value: "62.3", unit: "MTQ" },
        packages: "420",
      },
    });
  });

  it("cuts long texts to the schema's bounds, and no character in half", () => {
    const facts = read(
      message({
        agreement: `<ram:SellerTradeParty><ram:Name>${"n".repeat(511)}😀😀</ram:Name></ram:SellerTradeParty>`,
        lines: product(`<ram:Name>${"d".repeat(9_000)}</ram:Name>`),
      }),
    );
    expect(facts?.vendor?.name).toBe("n".repeat(511));
    expect(facts?.lines[0]?.description).toHaveLength(FACTS_LIMITS.description);
  });
});
