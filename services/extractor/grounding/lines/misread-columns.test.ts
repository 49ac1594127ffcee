import type { Facts, Line } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith, lineWith } from "../../testing/sample-facts.ts";
import { groundFacts } from "../ground-facts.ts";

// Real: grounding. The pages are rows written here, as the parser thread hands them out. How often it is right is measured in
// `faults.test.ts`.

/** Which values of the lines, read as the two given, are not found where they were read to be. */
function absent(
  rows: readonly string[],
  lines: readonly Partial<Line>[],
  document_type: Facts["document_type"],
): readonly string[] {
  const facts = factsWith({ document_type, currency: "EUR", lines: lines.map(lineWith) });
  const { fields } = groundFacts(facts, printedPages(rows)).grounding;
  return fields.flatMap(({ path, grounded }) =>
    grounded === "absent" && path.startsWith("/lines/") ? path.slice("/lines/".length) : [],
  );
}

const item = (description: string, values: Partial<Line>) => ({ description, ...values });

describe("the columns of a table without amounts", () => {
  it.each([
    ["English", "Item|Ordered|Delivered|Backorder"],
    ["German", "Artikel|Bestellt|Geliefert|Rückstand"],
    ["French", "Article|Commandé|Livré|Reliquat"],
    ["Italian", "Articolo|Ordinato|Consegnato|Residuo"],
    ["Spanish", "Artículo|Pedido|Entregado|Pendiente"],
    ["Dutch", "Artikel|Besteld|Geleverd|Nalevering"],
  ])("say what was delivered and what was ordered: %s", (_language, head) => {
    const rows = [head, "Hub 36|100|80|20", "Rim 622|60|45|15"];
    const lines = (first: string, second: string) => [
      item("Hub 36", { quantity: first }),
      item("Rim 622", { quantity: second }),
    ];
    const both = ["0/quantity", "1/quantity"];
    expect(absent(rows, lines("80", "45"), "delivery_note")).toEqual([]);
    expect(absent(rows, lines("100", "60"), "delivery_note")).toEqual(both);
    expect(absent(rows, lines("20", "15"), "packing_list")).toEqual(both);
    expect(absent(rows, lines("100", "60"), "order_confirmation")).toEqual([]);
    expect(absent(rows, lines("80", "45"), "purchase_order")).toEqual(both);
  });

  it("take what is only ordered for what is delivered where nothing else is printed", () => {
    const rows = ["Item|Ordered|Price", "Hub 36|100|41.50", "Rim 622|60|20.00"];
    const lines = [item("Hub 36", { quantity: "100" }), item("Rim 622", { quantity: "60" })];
    expect(absent(rows, lines, "delivery_note")).toEqual([]);
  });

  it("say which number is a price", () => {
    const rows = ["Pos|Item|Qty|Unit price", "1|Hub 36|12|41", "2|Rim 622|4|20"];
    const lines = [
      item("Hub 36", { quantity: "12", unit_price: "41" }),
      item("Rim 622", { quantity: "4", unit_price: "20" }),
    ];
    expect(absent(rows, lines, "purchase_order")).toEqual([]);
    const [first, second = {}] = lines;
    expect(absent(rows, [{ ...first, quantity: "41", unit_price: "12" }, second], "purchase_order")).toEqual([
      "0/quantity",
      "0/unit_price",
    ]);
    expect(absent(rows, [{ ...first, quantity: "1" }, second], "purchase_order")).toEqual(["0/quantity"]);
  });

  it("say which weight is which, and what is counted", () => {
    const rows = ["Item|Colli|Pcs|Net kg|Gross kg", "Hub 36|3|120|250.4|310", "Rim 622|14|480|900|941.5"];
    const kg = (value: string) => ({ value, unit: "kg" });
    const hub = { packages: "3", quantity: "120", net_weight: kg("250.4"), gross_weight: kg("310") };
    const rim = item("Rim 622", {
      packages: "14",
      quantity: "480",
      net_weight: kg("900"),
      gross_weight: kg("941.5"),
    });
    const read = (values: Partial<Line>) => absent(rows, [item("Hub 36", { ...hub, ...values }), rim], "packing_list");
    expect(read({})).toEqual([]);
    expect(read({ net_weight: kg("310") })).toEqual(["0/net_weight/value"]);
    expect(read({ net_weight: null, gross_weight: kg("250.4") })).toEqual(["0/gross_weight/value"]);
    expect(read({ packages: "120", quantity: "3" })).toEqual(["0/quantity", "0/packages"]);
  });

  it("say nothing where they have no headings", () => {
    const rows = ["Hub 36|100|80|20", "Rim 622|60|45|15"];
    const lines = [item("Hub 36", { quantity: "100" }), item("Rim 622", { quantity: "60" })];
    expect(absent(rows, lines, "delivery_note")).toEqual([]);
  });
});
