import { FACTS_LIMITS, type Facts, type RequestedField } from "@flowstate/contracts";
import { asModelSays, sampleFacts } from "@flowstate/local/doubles/gemini-answer.ts";
import { describe, expect, it } from "vitest";
import { parseModelExtraction } from "./model-extraction.ts";

// Real: the schemas of contracts and what is made of them. The answers are those that the Gemini double sends.

const said = Object(asModelSays(sampleFacts));
const [firstLine] = said.lines;

/** The facts in the sample answer after a change. */
function parsed(change: object, extraFields: readonly RequestedField[] = []): Facts {
  const result = parseModelExtraction(JSON.stringify({ ...said, ...change }), extraFields);
  if (result.result !== "facts") throw new Error(JSON.stringify(result));
  return result.facts;
}

describe("parseModelExtraction", () => {
  it("takes an answer that fits, and fills in what a line may leave out", () => {
    expect(firstLine).not.toHaveProperty("gtin");
    expect(parsed({})).toEqual(sampleFacts);
  });

  it("mends spelling: spaces, empty texts, decimals that are not canonical, parties of which nothing is stated", () => {
    const nobody = { name: "", street: null, postal_code: " ", city: null, country: null, tax_ids: [] };
    const facts = parsed({
      document_number: " INV-20931 ",
      due_date: "",
      carrier: nobody,
      references: { ...said.references, seal_numbers: [" 4411 ", ""] },
      lines: [{ ...firstLine, quantity: "+40.", gross_weight: { value: "0012", unit: "" } }],
      totals: { ...said.totals, tax: ".75" },
    });
    expect(facts).toMatchObject({
      document_number: "INV-20931",
      due_date: null,
      carrier: null,
      references: { seal_numbers: ["4411"] },
      lines: [{ quantity: "40", gross_weight: { value: "12", unit: null } }],
      totals: { tax: "0.75" },
    });
  });

  it("leaves alone what only looks like a decimal", () => {
    const vendor = { ...said.vendor, tax_ids: [{ scheme: "tax_number", value: "0042." }] };
    const facts = parsed({ document_number: "007.", vendor });
    expect(facts.document_number).toBe("007.");
    expect(facts.vendor?.tax_ids).toEqual([{ scheme: "tax_number", value: "0042." }]);
  });

  it.each([
    ["text that is no JSON", "I could not read this"],
    ["JSON cut off in the middle", JSON.stringify(said).slice(0, 200)],
    ["two of them", `${JSON.stringify(said)}${JSON.stringify(said)}`],
  ])("says of %s that it is not JSON", (_what, text) => {
    expect(parseModelExtraction(text, [])).toEqual({ result: "not_json" });
  });

  it.each<[string, unknown, string]>([
    ["something else", [], "/ must be of type object"],
    ["a field too many", { ...said, note: "x" }, "/ must have no fields but those of the schema"],
    [
      "fields of its own choice",
      { ...said, extra: { note: "x" } },
      "/extra must have no fields but those of the schema",
    ],
    ["a field too few", { ...said, totals: undefined }, "/totals must be of type object"],
    ["a core field of a line too few", { ...said, lines: [{ ...firstLine, amount: undefined }] }, "/lines/0/amount"],
    [
      "a type it made up",
      { ...said, document_type: "love_letter" },
      "/document_type must be one of invoice, credit_note",
    ],
    ["an amount in words", withGross("ten"), "/totals/gross must match"],
    ["an amount with grouping", withGross("1,234.00"), "/totals/gross must match"],
    ["an amount as a number", withGross(505.75), "/totals/gross must be of type string"],
    ["a date in words", { ...said, document_date: "18 Nov 2026" }, "/document_date must be a date that exists"],
    ["a date that is none", { ...said, document_date: "2026-02-30" }, "/document_date must be a date that exists"],
    [
      "a text that is too long",
      { ...said, document_number: "9".repeat(FACTS_LIMITS.text + 1) },
      `/document_number must have at most ${FACTS_LIMITS.text} characters`,
    ],
    [
      "too many lines",
      { ...said, lines: Array.from({ length: FACTS_LIMITS.lines + 1 }, () => firstLine) },
      `/lines must have at most ${FACTS_LIMITS.lines} items`,
    ],
  ])("names the rule that %s breaks", (_what, answer, rule) => {
    const result = parseModelExtraction(JSON.stringify(answer), []);
    expect(result).toEqual({ result: "breaks_schema", rules: [expect.stringContaining(rule)] });
  });

  it("repeats nothing of an answer, neither values nor names that it made up", () => {
    const canary = "CANARY-4711";
    const answer = {
      ...said,
      [canary]: canary,
      document_type: canary,
      document_date: canary,
      totals: { ...said.totals, gross: canary, [canary]: canary },
      extra: { [canary]: canary },
    };
    const result = parseModelExtraction(JSON.stringify(answer), []);
    expect(result).toMatchObject({ result: "breaks_schema", rules: expect.arrayContaining([expect.any(String)]) });
    expect(JSON.stringify(result)).not.toContain(canary);
  });

  it("names each rule once and not endlessly many", () => {
    const lines = Array.from({ length: 200 }, () => ({ ...firstLine, quantity: "many" }));
    const result = parseModelExtraction(JSON.stringify({ ...said, lines }), []);
    expect(result).toMatchObject({ result: "breaks_schema", rules: { length: 10 } });
  });

  describe("with fields that the tenant asks for", () => {
    const fields: RequestedField[] = [
      { name: "cost_centre", type: "text", description: "The cost centre." },
      { name: "tare", type: "number", description: "The tare weight." },
      { name: "cut_off", type: "date", description: "The cut-off date." },
    ];

    it("lists them in the tenant's order, all of them, spelling mended", () => {
      const extra = { cut_off: "2026-12-01", tare: "+2200.", cost_centre: "" };
      expect(parsed({ extra }, fields).extra).toEqual([
        { name: "cost_centre", value: null },
        { name: "tare", value: "2200" },
        { name: "cut_off", value: "2026-12-01" },
      ]);
    });

    it("leaves it to validation whether a value is of the tenant's type", () => {
      const extra = { cost_centre: null, tare: "about two tons", cut_off: "soon" };
      expect(parsed({ extra }, fields).extra[1]).toEqual({ name: "tare", value: "about two tons" });
    });

    it.each([
      ["none of them", undefined, "/extra/cost_centre must be of type string"],
      ["one too few", { cost_centre: null, tare: null }, "/extra/cut_off must be of type string"],
      ["one too many", { cost_centre: null, tare: null, cut_off: null, note: "x" }, "/extra must have no fields"],
      [
        "one that is no text",
        { cost_centre: 4711, tare: null, cut_off: null },
        "/extra/cost_centre must be of type string",
      ],
    ])("names the rule that an answer with %s breaks", (_what, extra, rule) => {
      const result = parseModelExtraction(JSON.stringify({ ...said, extra }), fields);
      expect(result).toEqual({
        result: "breaks_schema",
        rules: expect.arrayContaining([expect.stringContaining(rule)]),
      });
    });
  });
});

function withGross(gross: unknown): object {
  return { ...said, totals: { ...said.totals, gross } };
}
