import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { parseXml } from "../parse-xml.ts";
import { readUbl } from "./read-ubl.ts";

// Real: the parser and the mapping. The documents are written here, each around the one thing that it shows.

function read(xml: string): Facts | undefined {
  const root = parseXml(Buffer.from(xml, "utf8"));
  return root === undefined ? undefined : readUbl(root);
}

/** A smallest document of one kind with something in it. */
function document(content: string, root = "Invoice", supplier = "AccountingSupplierParty"): string {
  return `<${root} xmlns="d" xmlns:cac="a" xmlns:cbc="b"><cbc:ID>R-1</cbc:ID><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
    <cac:${supplier}><cac:Party/></cac:${supplier}>${content}</${root}>`;
}

const supplier = (content: string) =>
  `<Invoice xmlns:cac="a" xmlns:cbc="b"><cac:AccountingSupplierParty><cac:Party>${content}</cac:Party></cac:AccountingSupplierParty></Invoice>`;

describe("readUbl", () => {
  it("reads a credit note, whose due date stands with the means of payment", () => {
    const facts = read(
      document(
        `<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode><cac:PaymentMeans><cbc:PaymentDueDate>2026-12-24</cbc:PaymentDueDate></cac:PaymentMeans>
        <cac:CreditNoteLine><cbc:ID>1</cbc:ID><cbc:CreditedQuantity unitCode="C62">2</cbc:CreditedQuantity><cbc:LineExtensionAmount>8.00</cbc:LineExtensionAmount></cac:CreditNoteLine>`,
        "CreditNote",
      ),
    );
    expect(facts).toMatchObject({
      document_type: "credit_note",
      due_date: "2026-12-24",
      lines: [{ position: "1", quantity: "2", unit: "C62", amount: "8.00" }],
    });
  });

  it.each([
    ["Order", "AnticipatedMonetaryTotal", "purchase_order"],
    ["OrderResponse", "LegalMonetaryTotal", "order_confirmation"],
  ])("reads an %s", (root, totals, type) => {
    const facts = read(
      document(
        `<cac:BuyerCustomerParty><cac:Party><cac:PartyName><cbc:Name>Buyer</cbc:Name></cac:PartyName></cac:Party></cac:BuyerCustomerParty>
        <cac:${totals}><cbc:LineExtensionAmount>8.00</cbc:LineExtensionAmount></cac:${totals}>
        <cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID><cbc:Quantity unitCode="C62">2</cbc:Quantity><cac:Item><cbc:Name>Paper</cbc:Name></cac:Item></cac:LineItem></cac:OrderLine>`,
        root,
        "SellerSupplierParty",
      ),
    );
    expect(facts).toMatchObject({
      document_type: type,
      buyer: { name: "Buyer" },
      totals: { net: "8.00" },
      lines: [{ position: "1", quantity: "2", description: "Paper" }],
    });
  });

  const answer = (code: string, lines: string) =>
    read(
      document(
        `<cbc:OrderResponseCode>${code}</cbc:OrderResponseCode><cac:OrderReference><cbc:ID>PO-1</cbc:ID></cac:OrderReference>${lines}`,
        "OrderResponse",
        "SellerSupplierParty",
      ),
    );
  const answered = (status: string) =>
    `<cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID><cbc:LineStatusCode>${status}</cbc:LineStatusCode></cac:LineItem></cac:OrderLine>`;

  it.each([
    ["AP", "", "order_confirmation"],
    ["AP", answered("5"), "order_confirmation"],
    ["AP", answered("5") + answered("7"), "other"],
    ["CA", answered("5"), "other"],
    ["RE", "", "other"],
    ["AB", "", "other"],
  ])("takes an order response that says %s, and of its lines %j, for a %s", (code, lines, expected) => {
    expect(answer(code, lines)?.document_type).toBe(expected);
  });

  it.each([
    ["380", "invoice"],
    ["384", "invoice"],
    ["381", "credit_note"],
    ["325", "other"],
  ])("takes an invoice of type %s for a %s", (code, expected) => {
    expect(read(document(`<cbc:InvoiceTypeCode>${code}</cbc:InvoiceTypeCode>`))?.document_type).toBe(expected);
  });

  it("reads a date with a time zone", () => {
    expect(read(document("<cbc:IssueDate>2026-11-23+01:00</cbc:IssueDate>"))?.document_date).toBe("2026-11-23");
  });

  it("knows a party by its registered name, and by its trading name where that is the only one", () => {
    const trading = "<cac:PartyName><cbc:Name>Trading</cbc:Name></cac:PartyName>";
    const registered =
      "<cac:PartyLegalEntity><cbc:RegistrationName>Registered</cbc:RegistrationName></cac:PartyLegalEntity>";
    expect(read(supplier(trading + registered))?.vendor?.name).toBe("Registered");
    expect(read(supplier(trading))?.vendor?.name).toBe("Trading");
  });

  it("joins the parts of an address", () => {
    const address = `<cac:PostalAddress><cbc:StreetName>Hafenstraße</cbc:StreetName><cbc:AdditionalStreetName>Hall 3</cbc:AdditionalStreetName><cbc:BuildingNumber>7</cbc:BuildingNumber>
      <cbc:CityName>Kiel</cbc:CityName><cbc:PostalZone>24103</cbc:PostalZone><cac:AddressLine><cbc:Line>Gate 4</cbc:Line></cac:AddressLine><cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>`;
    expect(read(supplier(address))?.vendor).toEqual({
      name: null,
      street: "Hafenstraße 7, Hall 3, Gate 4",
      postal_code: "24103",
      city: "Kiel",
      country: "DE",
      tax_ids: [],
    });
  });

  it("names the scheme of each tax identifier", () => {
    const registration = (scheme: string, number: string) =>
      `<cac:PartyTaxScheme><cbc:CompanyID>${number}</cbc:CompanyID>${scheme}</cac:PartyTaxScheme>`;
    const scheme = (id: string) => `<cac:TaxScheme><cbc:ID>${id}</cbc:ID></cac:TaxScheme>`;
    const party = registration(scheme("VAT"), "DE1") + registration(scheme("FC"), "2/3") + registration("", "X");
    expect(read(supplier(party))?.vendor?.tax_ids).toEqual([
      { scheme: "vat", value: "DE1" },
      { scheme: "tax_number", value: "2/3" },
      { scheme: "other", value: "X" },
    ]);
  });

  it("collects order numbers, but not the word that stands for none", () => {
    const ofLine = (number: string) =>
      `<cac:InvoiceLine><cac:OrderLineReference><cac:OrderReference><cbc:ID>${number}</cbc:ID></cac:OrderReference></cac:OrderLineReference></cac:InvoiceLine>`;
    const facts = read(
      document(
        `<cac:OrderReference><cbc:ID>NA</cbc:ID><cbc:SalesOrderID>S</cbc:SalesOrderID></cac:OrderReference>${ofLine("PO-1")}${ofLine("PO-1")}`,
      ),
    );
    expect(facts?.references.purchase_order_numbers).toEqual(["PO-1"]);
  });

  it("takes the first account that is an IBAN", () => {
    const means = (account: string, bic: string) =>
      `<cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>${account}</cbc:ID><cac:FinancialInstitutionBranch><cbc:ID>${bic}</cbc:ID></cac:FinancialInstitutionBranch></cac:PayeeFinancialAccount></cac:PaymentMeans>`;
    expect(
      read(document(means("12-34-56 789", "A") + means("DE89 3704 0044 0532 0130 00", "COBADEFFXXX")))?.payment,
    ).toEqual({ iban: "DE89370400440532013000", bic: "COBADEFFXXX" });
  });

  it("breaks the tax down by rate, and takes the total in the document's own currency", () => {
    const subtotal = (rate: string, basis: string, amount: string) =>
      `<cac:TaxSubtotal><cbc:TaxableAmount>${basis}</cbc:TaxableAmount><cbc:TaxAmount>${amount}</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>${rate}</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal>`;
    const facts = read(
      document(
        `<cac:TaxTotal><cbc:TaxAmount currencyID="DKK">192.00</cbc:TaxAmount>${subtotal("25", "768.00", "192.00")}</cac:TaxTotal>
        <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">26.00</cbc:TaxAmount>${subtotal("19", "100.00", "19.00")}${subtotal("7", "100.00", "7.00")}</cac:TaxTotal>`,
      ),
    );
    expect(facts?.totals).toMatchObject({
      tax: "26.00",
      tax_by_rate: [
        { rate: "19", category: "S", basis: "100.00", amount: "19.00" },
        { rate: "7", category: "S", basis: "100.00", amount: "7.00" },
      ],
    });
  });

  it("reads every sum of the document", () => {
    const facts = read(
      document(
        `<cac:LegalMonetaryTotal><cbc:LineExtensionAmount>100.00</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount>102.00</cbc:TaxExclusiveAmount>
        <cbc:TaxInclusiveAmount>121.38</cbc:TaxInclusiveAmount><cbc:AllowanceTotalAmount>3.00</cbc:AllowanceTotalAmount><cbc:ChargeTotalAmount>5.00</cbc:ChargeTotalAmount>
        <cbc:PrepaidAmount>21.40</cbc:PrepaidAmount><cbc:PayableRoundingAmount>0.02</cbc:PayableRoundingAmount><cbc:PayableAmount>100.00</cbc:PayableAmount></cac:LegalMonetaryTotal>`,
      ),
    );
    expect(facts?.totals).toMatchObject({
      net: "100.00",
      allowances: "3.00",
      charges: "5.00",
      tax_basis: "102.00",
      gross: "121.38",
      prepaid: "21.40",
      rounding: "0.02",
      due: "100.00",
    });
  });

  it("adds up what is withheld, and knows none where one kind of it cannot be read", () => {
    const withheld = (amount: string) =>
      `<cac:WithholdingTaxTotal><cbc:TaxAmount currencyID="EUR">${amount}</cbc:TaxAmount></cac:WithholdingTaxTotal>`;
    const withheldIn = (content: string) => read(document(content))?.totals.withheld;
    expect(withheldIn(withheld("150.00") + withheld("7.5"))).toBe("157.50");
    expect(withheldIn(withheld("150.00") + withheld("7,50"))).toBeNull();
    expect(withheldIn("")).toBeNull();
  });

  it("reads the shipment: ship, ports, containers, seals, weights", () => {
    const facts = read(
      document(
        `<cac:Delivery><cac:CarrierParty><cac:PartyName><cbc:Name>Nordkai Line</cbc:Name></cac:PartyName></cac:CarrierParty>
        <cac:Shipment><cbc:ID>SH-9</cbc:ID><cbc:GrossWeightMeasure unitCode="KGM">18000</cbc:GrossWeightMeasure><cbc:NetWeightMeasure unitCode="KGM">17250.5</cbc:NetWeightMeasure>
          <cbc:GrossVolumeMeasure unitCode="MTQ">62.3</cbc:GrossVolumeMeasure><cbc:TotalTransportHandlingUnitQuantity>420</cbc:TotalTransportHandlingUnitQuantity>
          <cac:ShipmentStage><cac:TransportMeans><cbc:JourneyID>026W</cbc:JourneyID><cac:MaritimeTransport><cbc:VesselName>MS Nordkai</cbc:VesselName></cac:MaritimeTransport></cac:TransportMeans>
            <cac:LoadingPortLocation><cbc:ID>DEHAM</cbc:ID></cac:LoadingPortLocation><cac:UnloadingPortLocation><cbc:ID>SGSIN</cbc:ID><cbc:Name>Singapore</cbc:Name></cac:UnloadingPortLocation></cac:ShipmentStage>
          <cac:TransportHandlingUnit><cac:TransportEquipment><cbc:ID>CSQU3054383</cbc:ID><cac:TransportEquipmentSeal><cbc:ID>S-1</cbc:ID></cac:TransportEquipmentSeal></cac:TransportEquipment></cac:TransportHandlingUnit>
        </cac:Shipment></cac:Delivery>
        <cac:DeliveryTerms><cbc:ID>DAP</cbc:ID><cac:DeliveryLocation><cbc:Name>Singapore</cbc:Name></cac:DeliveryLocation></cac:DeliveryTerms>`,
      ),
    );
    expect(facts).toMatchObject({
      carrier: { name: "Nordkai Line" },
      references: {
        shipment_number: "SH-9",
        container_numbers: ["CSQU3054383"],
        seal_numbers: ["S-1"],
        vessel: "MS Nordkai",
        voyage: "026W",
        port_of_loading: "DEHAM",
        port_of_discharge: "Singapore",
        incoterm: "DAP",
        incoterm_place: "Singapore",
      },
      totals: {
        net_weight: { value: "17250.5", unit: "KGM" },
        gross_weight: { value: "18000", unit: "KGM" },
        volume: { value: "62.3", unit: "MTQ" },
        packages: "420",
      },
    });
  });

  it("does not take lines within a line for lines", () => {
    const inner = "<cac:SubInvoiceLine><cbc:ID>1.1</cbc:ID></cac:SubInvoiceLine>";
    const facts = read(document(`<cac:InvoiceLine><cbc:ID>1</cbc:ID>${inner}</cac:InvoiceLine>`));
    expect(facts?.lines.map(({ position }) => position)).toEqual(["1"]);
  });
});
