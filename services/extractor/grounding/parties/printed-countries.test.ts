import { describe, expect, it } from "vitest";
import { printedPages } from "../../testing/printed-pages.ts";
import { printedCountries } from "./printed-countries.ts";

// Real: everything. The pages are rows written here, their cells parted by `|`.

const PARTY = { name: "Weserwerk AG", street: "Hafenrandstr. 7", country: null, tax_ids: [] };
const BREMEN = { ...PARTY, postal_code: "28217", city: "Bremen" };

function printed(rows: readonly string[], party: Parameters<typeof printedCountries>[0] = BREMEN): readonly string[] {
  return [...printedCountries(party, printedPages(rows).pages)];
}

describe("printedCountries", () => {
  it.each([
    ["in a row of its own", ["Hafenrandstr. 7, 28217 Bremen", "GERMANY"]],
    ["in the row after the next", ["Hafenrandstr. 7, 28217 Bremen", "", "Country: Deutschland"]],
    ["behind the town", ["Weserwerk AG · Hafenrandstr. 7 · 28217 Bremen · Deutschland"]],
    ["behind a comma", ["28217 Bremen, Tyskland"]],
    ["as the sign of vehicles", ["D-28217 Bremen"]],
    ["as a code before the postal code", ["DE 28217 Bremen"]],
    ["as a code of its own", ["Hafenrandstr. 7, 28217 Bremen", "DE"]],
  ])("finds a country %s", (_where, rows) => {
    expect(printed(rows)).toEqual(["DE"]);
  });

  it("finds the country below a postal code in a row of its own", () => {
    const sheffield = { ...PARTY, postal_code: "S9 2LY", city: "Sheffield" };
    expect(printed(["8 Foundry Lane", "Sheffield", "S9 2LY", "United Kingdom"], sheffield)).toEqual(["GB"]);
    expect(printed(["S9 2LY", "United Kingdom"], sheffield)).toEqual([]);
  });

  it("knows the sign that was read with the postal code", () => {
    expect(printed(["A-6020 Innsbruck"], { ...PARTY, postal_code: "A-6020", city: "Innsbruck" })).toEqual(["AT"]);
  });

  it("finds the country of a town without a postal code below the party's name", () => {
    const dubai = { ...PARTY, postal_code: null, city: "Dubai" };
    expect(printed(["Weserwerk AG", "Dock 4", "Dubai, U.A.E."], dubai)).toEqual(["AE"]);
    expect(printed(["Port of discharge", "Dubai, U.A.E."], dubai)).toEqual([]);
  });

  it.each([
    ["a state", ["Wilmington, DE 19801"], { ...PARTY, postal_code: "19801", city: "Wilmington" }],
    ["a state in the row below", ["Wilmington", "DE 19801"], { ...PARTY, postal_code: "19801", city: "Wilmington" }],
    ["a province", ["22100 Como (CO)"], { ...PARTY, postal_code: "22100", city: "Como" }],
    ["somebody else's country", ["Hafenrandstr. 7, 28217 Bremen||Innrain 52, 6020 Innsbruck", "||Austria"], BREMEN],
    ["a heading", ["Hafenrandstr. 7, 28217 Bremen", "NO|Description|Qty|Amount"], BREMEN],
    ["a name", ["Hafenrandstr. 7, 28217 Bremen", "Jordan Meyer"], BREMEN],
    ["an address that is not the party's", ["20457 Hamburg", "Germany"], BREMEN],
  ])("takes no country from %s", (_what, rows, party) => {
    expect(printed(rows, party)).toEqual([]);
  });
});
