import { describe, expect, it } from "vitest";
import { eInvoicePreference } from "./embedded-names.ts";

// Real: the table of names. Pure.

describe("eInvoicePreference", () => {
  it.each([
    "factur-x.xml",
    "zugferd-invoice.xml",
    "ZUGFeRD-invoice.xml",
    "xrechnung.xml",
    "XRECHNUNG.XML",
    " factur-x.xml",
    "order-x.xml",
    "cida.xml",
  ])("prefers %j to names that no standard prescribes", (name) => {
    expect(eInvoicePreference(name)).toBeLessThan(eInvoicePreference("invoice-4711.xml") ?? -1);
  });

  it.each(["factur-x.xml.pdf", "terms.pdf", "xml", ""])("does not take %j for an e-invoice", (name) => {
    expect(eInvoicePreference(name)).toBeUndefined();
  });

  it("tries the current standard first", () => {
    const names = ["xrechnung.xml", "ZUGFeRD-invoice.xml", "factur-x.xml"];
    expect(names.sort((a, b) => (eInvoicePreference(a) ?? 9) - (eInvoicePreference(b) ?? 9))[0]).toBe("factur-x.xml");
  });
});
