import { describe, expect, it } from "vitest";
import { namesPayment, namesTotal, namesWithholding } from "./total-labels.ts";

// Real: everything. Pure functions.

describe("namesTotal", () => {
  it.each([
    "Total",
    "TOTAL:",
    "Grand total EUR",
    "Total incl. VAT",
    "Amount due",
    "Balance due",
    "Bruttosumme",
    "Gesamtbetrag inkl. 19 % MwSt.",
    "Rechnungsbetrag",
    "Zahlbetrag",
    "Zu zahlen",
    "Total TTC",
    "Net à payer",
    "Totale fattura",
    "Netto a pagare",
    "Importe total",
    "Total (IVA incluido)",
    "Totaal te betalen",
    "Razem",
    "Do zapłaty",
    "Celkem k úhradě",
    "Att betala",
    "Σύνολο",
    "合計",
  ])("is true for %s", (label) => {
    expect(namesTotal(label)).toBe(true);
  });

  it.each([
    "",
    "Positionssumme",
    "Rechnungssumme ohne USt.",
    "Zwischensumme",
    "Übertrag",
    "Steuerbetrag",
    "Gesamtbetrag der Zuschläge",
    "Subtotal",
    "Sub-total",
    "Total excl. VAT",
    "Net total",
    "Total VAT",
    "Total HT",
    "Totale imponibile",
    "Total IVA",
    "Total weight",
    "Gesamtgewicht",
    "Bruttopreis",
    "Erhaltene Anzahlungen",
    "Carried forward",
    "Due date",
    "Page 1",
  ])("is false for %s", (label) => {
    expect(namesTotal(label)).toBe(false);
  });
});

describe("namesPayment", () => {
  it.each(["Paid", "Deposit", "Erhaltene Anzahlungen", "Bereits bezahlt", "Acompte versé", "Acconto", "Aanbetaling"])(
    "is true for %s",
    (label) => {
      expect(namesPayment(label)).toBe(true);
    },
  );

  it.each(["VISA ****4411", "Geg. EC-Karte EUR", "Debit card", "Cash", "Bar", "Contanti", "Tarjeta"])(
    "is true for the means of payment: %s",
    (label) => {
      expect(namesPayment(label)).toBe(true);
    },
  );

  it.each(["Total", "Zahlbetrag", "Amount due", "Te betalen", "Barcode", "Hydraulic hose 10 bar", "Credit card fee"])(
    "is false for %s",
    (label) => {
      expect(namesPayment(label)).toBe(false);
    },
  );
});

describe("namesWithholding", () => {
  it.each([
    "Retención IRPF 15 %",
    "I.R.P.F.",
    "Ritenuta d'acconto 20 %",
    "Rit. acc.",
    "Withholding tax",
    "TDS @ 10 %",
    "Quellensteuer",
    "Retenue à la source",
    "Retenção na fonte",
    "源泉徴収税",
  ])("is true for %s, which is no total", (label) => {
    expect(namesWithholding(label)).toBe(true);
    expect(namesTotal(label)).toBe(false);
  });

  it.each(["Total", "IVA 21 %", "Rabatt", "Anzahlung", "Visrak"])("is false for %s", (label) => {
    expect(namesWithholding(label)).toBe(false);
  });
});
