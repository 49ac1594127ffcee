import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith } from "../../testing/sample-facts.ts";
import { mislabelledDates } from "./mislabelled-dates.ts";

// Real: everything. The pages are rows written here, their cells parted by `|`. How often it is right is measured in
// `faults.test.ts`.

const ISSUED = "2026-11-09";
const DUE = "2026-12-09";
const OTHER = "2026-11-05";

function mislabelled(rows: readonly string[], stated: Partial<Facts>): readonly string[] {
  return mislabelledDates(factsWith({ document_number: "NK-4711", ...stated }), printedPages(rows));
}

describe("mislabelledDates", () => {
  it.each([
    ["English", ["Invoice date: 9 November 2026", "Delivery date: 5 November 2026", "Due date: 9 December 2026"]],
    ["German", ["Rechnungsdatum|09.11.2026", "Lieferdatum|05.11.2026", "Fällig am|09.12.2026"]],
    ["French", ["Facture n° NK-4711 du 9 novembre 2026", "Livré le 05/11/2026", "Échéance : 09/12/2026"]],
    ["Italian", ["Data fattura|Data consegna|Scadenza", "09.11.2026|05.11.2026|09.12.2026"]],
    ["Spanish", ["Fecha de factura:|09.11.2026", "Fecha de entrega:|05.11.2026", "Vencimiento:|09.12.2026"]],
    ["Dutch", ["Factuurdatum|9 november 2026", "Leverdatum|5 november 2026", "Vervaldatum|9 december 2026"]],
    ["Polish", ["Data wystawienia: 9 listopada 2026", "Data dostawy: 2026-11-05", "Termin płatności: 9 grudnia 2026"]],
  ])("knows the date of issue from that of delivery and the due date: %s", (_language, rows) => {
    expect(mislabelled(rows, { document_date: ISSUED, due_date: DUE })).toEqual([]);
    expect(mislabelled(rows, { document_date: OTHER, due_date: ISSUED })).toEqual(["/document_date", "/due_date"]);
    expect(mislabelled(rows, { document_date: DUE, due_date: OTHER })).toEqual(["/document_date", "/due_date"]);
  });

  it.each([
    ["no words", ["Hamburg, 9 November 2026", "Delivered 5 November 2026"]],
    ["one word for two", ["Rechnungs- und Lieferdatum: 09.11.2026", "Bestelldatum: 05.11.2026"]],
    ["two words", ["Leistungs-/Rechnungsdatum|09.11.2026", "Bestelldatum|05.11.2026"]],
    ["two words in English", ["Date / tax point: 9 November 2026", "Order date: 5 November 2026"]],
    ["the word for a date", ["Datum:|09.11.2026", "Ihre Bestellung vom 05.11.2026"]],
    ["the word for a date above it", ["No.|Date|Ship date", "NK-4711|09.11.2026|05.11.2026"]],
    ["the document's number", ["Rechnung Nr. NK-4711 vom 09.11.2026", "Bestellung Nr. 88 vom 05.11.2026"]],
    ["the document's title", ["Rechnung vom 09.11.2026", "Leistungszeitraum 05.11.2026 bis 09.11.2026"]],
    ["a title far above it", ["INVOICE", "NK-4711", "2026-11-09", "2026-12-09"]],
    ["words for something else elsewhere", ["9 November 2026", "Delivery date: 9 November 2026"]],
  ])("leaves a document's date alone that has %s", (_what, rows) => {
    expect(mislabelled(rows, { document_date: ISSUED, due_date: rows.length === 4 ? DUE : null })).toEqual([]);
  });

  it.each([
    ["the date of the order that is billed", ["Rechnung NK-4711 vom 09.11.2026", "Bestellung 88123 vom 05.11.2026"]],
    ["the date of the invoice that is corrected", ["Date: 9 November 2026", "for invoice NK-3980 of 5 November 2026"]],
    ["the end of a period", ["9 November 2026", "Abrechnungszeitraum: 01.10.2026 bis 05.11.2026"]],
    ["a date that is not the one with its words", ["Invoice date: 9 November 2026", "Hamburg, 5 November 2026"]],
  ])("finds %s", (_what, rows) => {
    expect(mislabelled(rows, { document_date: OTHER })).toEqual(["/document_date"]);
    expect(mislabelled(rows, { document_date: ISSUED })).toEqual([]);
  });

  it.each([
    ["Zahlbar bis 09.12.2026 netto, 3 % Skonto bis 19.11.2026"],
    ["Zahlbar mit 3 % Skonto bis 19.11.2026 oder netto bis 09.12.2026"],
    ["À régler avant le 09/12/2026, escompte de 1 % jusqu'au 19/11/2026"],
  ])("knows when less is to be paid from when all is: %s", (row) => {
    expect(mislabelled([row], { due_date: DUE })).toEqual([]);
    expect(mislabelled([row], { due_date: "2026-11-19" })).toEqual(["/due_date"]);
  });

  it("leaves instalments alone, and what is due when it is issued", () => {
    const instalments = ["Payable: 9 December 2026 half, payable: 9 January 2027 the rest"];
    expect(mislabelled(instalments, { due_date: "2027-01-09" })).toEqual([]);
    expect(mislabelled(["Invoice date|9 November 2026"], { document_date: ISSUED, due_date: ISSUED })).toEqual([]);
  });

  it("takes the date of an order for its own, and that of a delivery for a delivery note's", () => {
    expect(
      mislabelled(["Order date: 9 November 2026"], { document_type: "purchase_order", document_date: ISSUED }),
    ).toEqual([]);
    expect(
      mislabelled(["Delivery date: 9 November 2026"], { document_type: "delivery_note", document_date: ISSUED }),
    ).toEqual([]);
  });

  it("says nothing of a calendar, and is soon done with one date ten thousand times", () => {
    const days = Array.from({ length: 28 }, (_, day) => `2026-0${(day % 9) + 1}-${String(day + 1).padStart(2, "0")}`);
    const calendar = [2021, 2022, 2023, 2024, 2025].flatMap((year) => days.map((day) => `Due ${year}${day.slice(4)}`));
    expect(mislabelled([...calendar, "Due 2026-11-09"], { document_date: ISSUED })).toEqual([]);
    const rows = Array.from({ length: 10_000 }, () => "Order date and more|2026-11-09");
    const printed = printedPages(rows);
    const startedAt = performance.now();
    expect(mislabelledDates(factsWith({ document_date: ISSUED }), printed)).toEqual(["/document_date"]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
