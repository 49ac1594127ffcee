import type { Facts, Measure } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { factsWith, invoiceFacts, lineWith } from "../testing/sample-facts.ts";
import { checkWeights } from "./check-weights.ts";
import { gramsOf } from "./weight.ts";

// Real: the check and the table of units. Pure.

/** `12.5 kg` → a measure. */
function measure(text: string | null): Measure {
  const [value = "", ...unit] = (text ?? "").split(" ");
  return text === null ? null : { value, unit: unit.length === 0 ? null : unit.join(" ") };
}

function weighed(
  field: "net_weight" | "gross_weight",
  lines: ReadonlyArray<string | null>,
  total: string | null,
): Facts {
  const bare = factsWith({ lines: lines.map((text) => lineWith({ [field]: measure(text) })) });
  return { ...bare, totals: { ...bare.totals, [field]: measure(total) } };
}

describe("the weights", () => {
  it("add up in an invoice that adds up", () => {
    expect(checkWeights(invoiceFacts())).toEqual([]);
  });
});

describe.each(["net_weight", "gross_weight"] as const)("%s_differs", (field) => {
  const differs = [{ rule: `${field}_differs`, path: `/totals/${field}/value` }];

  it.each([
    ["the sum", ["12.5 kg", "3.5 kg"], "16 kg"],
    ["the sum in another unit", ["12.5 KGM", "3500 GRM"], "0.016 TNE"],
    ["pounds and kilograms", ["10 lb", "1.0 kg"], "5.5 kg"],
    ["rounded figures", ["1.4 kg", "1.4 kg", "1.4 kg"], "4 kg"],
    ["a line without a weight, which holds the rest", ["12.5 kg", null], "16 kg"],
    ["a unit nobody knows", ["12.5 kg", "3 ctn"], "20 kg"],
    ["a total in a unit nobody knows", ["12.5 kg"], "20 ctn"],
    ["a unit that is not stated", ["12.5"], "20 kg"],
    ["no total", ["12.5 kg"], null],
    ["no weights of lines", [null, null], "20 kg"],
  ])("is not found for %s", (_what, lines, total) => {
    expect(checkWeights(weighed(field, lines, total))).toEqual([]);
  });

  it.each([
    ["a figure off by more than rounding", ["12.5 kg", "3.5 kg"], "16.7 kg"],
    ["too light a total", ["12.5 kg", "3.5 kg"], "15.3 kg"],
    ["a total scaled by a thousand", ["12.5 kg", "3.5 kg"], "16000 kg"],
    ["a line scaled by a thousand", ["12.5 kg", "3500 kg"], "16 kg"],
    ["grams read as kilograms", ["12.5 kg", "3500 kg"], "16 KGM"],
    ["a line that weighs more than everything", ["17 kg", null], "16 kg"],
    ["a line dropped", ["12.5 kg"], "16 kg"],
    ["a line that weighs more than everything, beside one of a unit nobody knows", ["25 kg", "3 ctn"], "20 kg"],
  ])("is found for %s", (_what, lines, total) => {
    expect(checkWeights(weighed(field, lines, total))).toEqual(differs);
  });
});

describe("net_weight_above_gross", () => {
  function both(net: string | null, gross: string | null) {
    const weights = { net_weight: measure(net), gross_weight: measure(gross) };
    const bare = factsWith({ lines: [lineWith({}), lineWith(weights)] });
    return checkWeights(bare);
  }

  it("is not found for less, for the same, for what rounding explains, and for what is not stated", () => {
    expect(both("12 kg", "13 kg")).toEqual([]);
    expect(both("13 kg", "13000 g")).toEqual([]);
    expect(both("13.4 kg", "13 kg")).toEqual([]);
    expect(both("13.4 kg", null)).toEqual([]);
    expect(both(null, "1 kg")).toEqual([]);
    expect(both("13.4 kg", "1 ctn")).toEqual([]);
    expect(both("13 ctn", "1 kg")).toEqual([]);
  });

  it.each([
    ["14 kg", "13 kg"],
    ["13000 kg", "13.5 kg"],
    ["1.000 t", "999 kg"],
  ])("is found for %s net and %s gross", (net, gross) => {
    expect(both(net, gross)).toEqual([{ rule: "net_weight_above_gross", path: "/lines/1/net_weight/value" }]);
  });

  it("is found in the totals", () => {
    const bare = factsWith({});
    const totals = { ...bare.totals, net_weight: measure("2 kg"), gross_weight: measure("1 kg") };
    expect(checkWeights({ ...bare, totals })).toEqual([
      { rule: "net_weight_above_gross", path: "/totals/net_weight/value" },
    ]);
  });
});

describe("packages_differ", () => {
  function packed(lines: ReadonlyArray<string | null>, total: string | null) {
    const bare = factsWith({ lines: lines.map((packages) => lineWith({ packages })) });
    return checkWeights({ ...bare, totals: { ...bare.totals, packages: total } });
  }

  it("is not found for the sum, for a rest that a line may hold, and for what is not stated", () => {
    expect(packed(["2", "1.0"], "3")).toEqual([]);
    expect(packed(["2", null], "3")).toEqual([]);
    expect(packed([null], "3")).toEqual([]);
    expect(packed(["2"], null)).toEqual([]);
  });

  it.each([
    ["too many in all", ["2", "1"], "4"],
    ["too few in all", ["2", "1"], "2"],
    ["more in a line than in all", ["4", null], "3"],
  ])("is found for %s", (_what, lines, total) => {
    expect(packed(lines, total)).toEqual([{ rule: "packages_differ", path: "/totals/packages" }]);
  });
});

describe("gramsOf", () => {
  it.each([
    ["2.5", "KGM", "2500.0", "50.00"],
    ["2", " Kg. ", "2000", "500.0"],
    ["0.5", "TNE", "500000.0", "50000.00"],
    ["1", "lb", "453.59237", "226.796185"],
    ["1", "oz", "28.349523125", "14.1747615625"],
  ])("knows %s %j", (value, unit, grams, roundedBy) => {
    expect(gramsOf({ value, unit })).toEqual({ grams, roundedBy });
  });

  it.each([null, "MTQ", "pcs", "constructor", ""])("knows no grams in %j", (unit) => {
    expect(gramsOf({ value: "1", unit })).toBeUndefined();
  });
});
