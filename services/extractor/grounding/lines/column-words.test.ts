import { describe, expect, it } from "vitest";
import { columnRole } from "./column-words.ts";

// Real: everything. Pure function.

describe("columnRole", () => {
  it.each(["Menge", "QTY", "Qté", "Q.tà", "Anzahl:", "Ilość", "数量", "수량", "Кол-во"])(
    "is a quantity for %s",
    (heading) => {
      expect(columnRole(heading)).toBe("quantity");
    },
  );

  it.each([
    "Nettopreis",
    "Einzelpreis (EUR)",
    "Einzelpreis in €",
    "Unit Price",
    "Price USD",
    "Prix unitaire HT",
    "P.U. HT",
    "À-pris",
    "EP [EUR]",
    "단가",
  ])("is a price for %s", (heading) => {
    expect(columnRole(heading)).toBe("price");
  });

  it.each(["", "Betrag", "Total price", "Amount", "Menge Preis", "Pos", "Steuersatz", "EUR", "Preise ohne Gewähr"])(
    "is neither for %s",
    (heading) => {
      expect(columnRole(heading)).toBeUndefined();
    },
  );
});
