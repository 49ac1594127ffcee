import { describe, expect, it } from "vitest";
import { hasVatIdFormat } from "./vat-id.ts";

// Real: the formats. One number of the right form and one of a wrong one for each country; none belongs to anybody.

const FORMS = [
  ["ATU12345678", "AT12345678"],
  ["BE0123456789", "BE2123456789"],
  ["BG123456789", "BG12345678"],
  ["BG1234567890", "BG12345678901"],
  ["CY12345678L", "CY123456789"],
  ["CZ12345678", "CZ1234567"],
  ["CZ1234567890", "CZ12345678901"],
  ["DE123456789", "DE12345678"],
  ["DK12345678", "DK123456789"],
  ["EE123456789", "EE12345678"],
  ["EL123456789", "EL12345678"],
  ["ESX12345678", "ES123456789"],
  ["ES12345678X", "ESX1234567"],
  ["ESX1234567X", "ESX123456X"],
  ["FI12345678", "FI123456789"],
  ["FR12345678901", "FR1234567890"],
  ["FRXX345678901", "FRIO345678901"],
  ["HR12345678901", "HR1234567890"],
  ["HU12345678", "HU1234567"],
  ["IE1A23456B", "IE1A2345B"],
  ["IE1234567WA", "IE1234567WZ"],
  ["IT12345678901", "IT1234567890"],
  ["LT123456789", "LT1234567890"],
  ["LT123456789012", "LT12345678901"],
  ["LU12345678", "LU1234567"],
  ["LV12345678901", "LV1234567890"],
  ["MT12345678", "MT1234567"],
  ["NL123456789B01", "NL123456789B1"],
  ["PL1234567890", "PL123456789"],
  ["PT123456789", "PT1234567890"],
  ["RO12", "RO1"],
  ["RO1234567890", "RO12345678901"],
  ["SE123456789001", "SE123456789002"],
  ["SI12345678", "SI1234567"],
  ["SK1234567890", "SK123456789"],
  ["XI123456789", "XI12345678"],
  ["GB123456789", "GB1234567890"],
  ["GB123456789012", "GB12345678901"],
  ["GBGD123", "GBGD1234"],
  ["GBHA123", "GBHB123"],
  ["CHE123456789", "CHE12345678"],
  ["CHE-123.456.789 MWST", "CHE-123.456.789 XYZ"],
] as const;

describe("hasVatIdFormat", () => {
  it.each(FORMS)("accepts %s and refuses %s", (right, wrong) => {
    expect(hasVatIdFormat(right, null)).toBe(true);
    expect(hasVatIdFormat(wrong, null)).toBe(false);
    expect(hasVatIdFormat(`${right}${"0".repeat(14)}`, null)).toBe(false);
  });

  it("does not mind how a number is set", () => {
    expect(hasVatIdFormat(" de 123 456 789 ", null)).toBe(true);
    expect(hasVatIdFormat("BE 0123.456.789", null)).toBe(true);
    expect(hasVatIdFormat("ATU-1234/5678", null)).toBe(true);
  });

  it("takes a number without a prefix for the country's own", () => {
    expect(hasVatIdFormat("123456789", "DE")).toBe(true);
    expect(hasVatIdFormat("12345678", "DE")).toBe(false);
    expect(hasVatIdFormat("123456789", "GR")).toBe(true);
    expect(hasVatIdFormat("1234", "GR")).toBe(false);
    expect(hasVatIdFormat("U12345678", "AT")).toBe(true);
  });

  it("goes by the prefix before the country", () => {
    expect(hasVatIdFormat("DE123456789", "AT")).toBe(true);
    expect(hasVatIdFormat("DE12345678", "US")).toBe(false);
  });

  it.each([
    ["NO 123 456 789 MVA", null],
    ["NO123456789MVA", "DE"],
    ["12-3456789", "US"],
    ["123", null],
    ["constructor", "DE"],
  ])("does not judge %s of %s", (number, country) => {
    expect(hasVatIdFormat(number, country)).toBe(true);
  });
});
