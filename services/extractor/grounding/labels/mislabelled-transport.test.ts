import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { factsWith } from "../../testing/sample-facts.ts";
import { mislabelledTransport } from "./mislabelled-transport.ts";

// Real: everything. The pages are rows written here, their cells parted by `|`. How often it is right is measured in
// `faults.test.ts`.

function mislabelled(rows: readonly string[], stated: Partial<Facts["references"]>): readonly string[] {
  const references = { ...factsWith({}).references, ...stated };
  return mislabelledTransport(factsWith({ references }), printedPages(rows).pages);
}

describe("mislabelledTransport", () => {
  it.each([
    ["English", ["Port of loading: Gdynia", "Port of discharge: Hull"]],
    ["German", ["Ladehafen|Gdynia|Löschhafen|Hull"]],
    ["French", ["Port de chargement|Port de déchargement", "Gdynia|Hull"]],
    ["Italian", ["Porto di imbarco: Gdynia", "Porto di sbarco: Hull"]],
    ["Spanish", ["Puerto de carga: Gdynia", "Puerto de descarga: Hull"]],
    ["Dutch", ["Laadhaven: Gdynia; Loshaven: Hull"]],
    ["Polish", ["Port zaladunku|Gdynia", "Port rozladunku|Hull"]],
    ["abbreviated", ["POL: Gdynia, POD: Hull"]],
  ])("knows the port of loading from that of discharge: %s", (_language, rows) => {
    expect(mislabelled(rows, { port_of_loading: "Gdynia", port_of_discharge: "Hull" })).toEqual([]);
    expect(mislabelled(rows, { port_of_loading: "Hull", port_of_discharge: "Gdynia" })).toEqual([
      "/references/port_of_loading",
      "/references/port_of_discharge",
    ]);
  });

  it("finds a port that is another place, whether the page has words for it or not", () => {
    const rows = ["Shipper: Odra, Szczecin", "Szczecin", "Port of loading|Gdynia", "Place of delivery: Leeds"];
    expect(mislabelled(rows, { port_of_loading: "Gdynia" })).toEqual([]);
    expect(mislabelled(rows, { port_of_loading: "Szczecin" })).toEqual(["/references/port_of_loading"]);
    expect(mislabelled(rows, { port_of_discharge: "Leeds" })).toEqual(["/references/port_of_discharge"]);
    expect(mislabelled(["Szczecin", "Port of loading:"], { port_of_loading: "Szczecin" })).toEqual([]);
  });

  it.each([
    ["behind words of their own", ["Vessel: MV Heron", "Voyage: 046W"]],
    ["behind words for both", ["Vessel / Voyage: MV Heron / 046W"]],
    ["in columns", ["Ocean vessel|Voyage no.", "MV Heron|046W"]],
  ])("knows the vessel from its voyage: %s", (_where, rows) => {
    expect(mislabelled(rows, { vessel: "MV Heron", voyage: "046W" })).toEqual([]);
    expect(mislabelled(rows, { vessel: "046W", voyage: "MV Heron" })).not.toEqual([]);
  });

  it("takes what stands behind the vessel's name for its voyage", () => {
    expect(mislabelled(["Vessel: MV Heron V. 046W"], { vessel: "MV Heron", voyage: "046W" })).toEqual([]);
  });

  it("knows containers from their seals, down a whole column", () => {
    const rows = ["Container No.|Seal No.", "CSQU3054383|PL-182", "MSCU6398710|PL-183", "TGHU1234567|PL-184"];
    const containers = ["CSQU3054383", "TGHU1234567"];
    expect(mislabelled(rows, { container_numbers: containers, seal_numbers: ["PL-182", "PL-184"] })).toEqual([]);
    expect(mislabelled(rows, { container_numbers: ["PL-184"], seal_numbers: containers })).toEqual([
      "/references/container_numbers/0",
      "/references/seal_numbers/0",
      "/references/seal_numbers/1",
    ]);
  });

  it("says nothing of what has no words", () => {
    expect(mislabelled(["Gdynia - Hull", "CSQU3054383 / PL-182"], { port_of_loading: "Hull" })).toEqual([]);
  });
});
