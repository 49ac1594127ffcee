import { describe, expect, it } from "vitest";
import { payloadMappingSchema } from "./mapping-schema.ts";

// Pure, against the real schema of the payload.

/** What is wrong with a mapping, each with its place. */
function problemsOf(mapping: unknown): readonly string[] {
  const issues = payloadMappingSchema.safeParse(mapping).error?.issues ?? [];
  return issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

/** As a configuration is read: `__proto__` is a key like any other there. */
const fields = (json: string) => ({ fields: JSON.parse(json) });
const field = (value: unknown) => ({ fields: { x: value } });

describe("a mapping", () => {
  it.each<[string, unknown]>([
    ["a value of the extraction", field("/document_number")],
    ["a value below another", field("/totals/gross")],
    ["the first item's value", field("/lines/0/quantity")],
    ["a whole list", field("/lines")],
    ["the whole extraction", field("")],
    ["what the envelope says", field("/data/document_id")],
    ["a decimal as a number", field({ from: "/totals/gross", as: "number" })],
    ["a text", field({ constant: "flowstate" })],
    ["a whole number", field({ constant: 0 })],
    ["a flag", field({ constant: false })],
    ["a template", field({ template: "{/document_number}-{/currency}" })],
    ["lines", field({ each: "/lines", fields: { qty: "/quantity" } })],
    ["lines with the document's values", field({ each: "/lines", fields: { no: "/data/extraction/document_number" } })],
    ["nested names", { fields: { "a.b.c": "/currency", "a.b.d": "/currency", e: "/currency" } }],
    ["names of any script", { fields: { Währung: "/currency", 番号: "/document_number", "@type": "/currency" } }],
    ["options", { ...field("/currency"), envelope: false, nulls: "omit" }],
  ])("may have %s", (_what, mapping) => {
    expect(problemsOf(mapping)).toEqual([]);
  });

  it("keeps the envelope and nulls unless it says otherwise", () => {
    expect(payloadMappingSchema.parse(field("/currency"))).toMatchObject({ envelope: true, nulls: "keep" });
  });

  it.each<[string, unknown, RegExp]>([
    ["no object", "x", /^: must be an object$/],
    ["no fields", {}, /^fields: must be an object with at least one field$/],
    ["an empty object of fields", { fields: {} }, /^fields: must be an object with at least one/],
    ["a list of fields", { fields: ["/currency"] }, /^fields: must be an object with at least one/],
    ["an unknown option", { ...field("/currency"), evelope: false }, /^: /],
    ["an envelope that is no flag", { ...field("/currency"), envelope: "no" }, /^envelope: must be true or false$/],
    ["another way with nulls", { ...field("/currency"), nulls: "drop" }, /^nulls: must be keep or omit$/],
    [
      "a source that does not exist",
      field("/vendor_name"),
      /^fields\.x: must begin with one of .*vendor.*, or with data$/,
    ],
    ["a member that does not exist", field("/vendor/nam"), /^fields\.x: must go on from \/vendor with one of name, /],
    [
      "something below a value",
      field("/currency/code"),
      /^fields\.x: must end at \/currency, which is a single value$/,
    ],
    ["a line's field without each", field("/lines/quantity"), /^fields\.x: must go on from \/lines, which is a list, /],
    ["an index no list can have", field("/lines/999999"), /^fields\.x: must go on from \/lines, which is a list, /],
    ["a member of every object in JavaScript", field("/toString"), /^fields\.x: must begin with one of /],
    ["a pointer that is none", field("vendor.name"), /^fields\.x: must be a JSON pointer such as \/vendor\/name$/],
    ["a pointer without end", field("/a".repeat(100)), /^fields\.x: must be a JSON pointer/],
    [
      "an unknown member of the envelope",
      field("/data/secret"),
      /^fields\.x: must go on from \/data with one of document_id/,
    ],
    ["a text as a number", field({ from: "/currency", as: "number" }), /^fields\.x: must be a decimal or a number/],
    ["a list as a number", field({ from: "/lines", as: "number" }), /^fields\.x: must be a decimal or a number/],
    ["another conversion", field({ from: "/currency", as: "date" }), /^fields\.x: must be a JSON pointer or one of /],
    ["two forms in one", field({ from: "/currency", constant: "x" }), /^fields\.x: must be a JSON pointer or one of /],
    ["a field that is a number", field(1), /^fields\.x: must be a JSON pointer or one of /],
    ["a constant with a fraction", field({ constant: 0.1 }), /^fields\.x\.constant: must be a text of at most 1024 /],
    ["a constant that is an object", field({ constant: {} }), /^fields\.x\.constant: must be a text of at most 1024 /],
    [
      "a long constant",
      field({ constant: "x".repeat(1_025) }),
      /^fields\.x\.constant: must be a text of at most 1024 /,
    ],
    [
      "a template without a value",
      field({ template: "x" }),
      /^fields\.x\.template: must be at most 1024 characters with/,
    ],
    [
      "a long template",
      field({ template: `{/currency}${"x".repeat(1_024)}` }),
      /^fields\.x\.template: must be at most/,
    ],
    ["code in a template", field({ template: "{process.exit()}" }), /^fields\.x\.template: must be a JSON pointer/],
    ["a list in a template", field({ template: "{/lines}" }), /^fields\.x\.template: must name single values/],
    [
      "each of a value",
      field({ each: "/currency", fields: { y: "" } }),
      /^fields\.x\.each: must be a list of objects$/,
    ],
    ["each without fields", field({ each: "/lines" }), /^fields\.x: must be a JSON pointer or one of /],
    [
      "each inside each",
      field({ each: "/lines", fields: { y: { each: "/data/extraction/lines", fields: { z: "/quantity" } } } }),
      /^fields\.x\.fields\.y: must not be an each inside another$/,
    ],
    [
      "the document's values by the item's pointers",
      field({ each: "/lines", fields: { y: "/document_number" } }),
      /^fields\.x\.fields\.y: must begin with one of position, .*, or with data$/,
    ],
    [
      "a value in the place of an object",
      { fields: { "a.b": "/currency", a: "/currency" } },
      /^fields\.a: must not stand/,
    ],
    [
      "an object in the place of a value",
      { fields: { a: "/currency", "a.b": "/currency" } },
      /^fields\.a\.b: must not/,
    ],
    ["__proto__ as a name", fields('{"__proto__":"/currency"}'), /^fields\.0: must have a name of /],
    ["__proto__ inside a name", fields('{"a.__proto__.b":"/currency"}'), /^fields\.0: must have a name of /],
    ["constructor as a name", fields('{"constructor":"/currency"}'), /^fields\.0: must have a name of /],
    [
      "prototype as a line's name",
      field({ each: "/lines", fields: { prototype: "" } }),
      /^fields\.x\.fields\.0: must have a/,
    ],
    ["a name that is empty", { fields: { "": "/currency" } }, /^fields\.0: must have a name of /],
    ["a name with an empty step", { fields: { "a..b": "/currency" } }, /^fields\.0: must have a name of /],
    ["a name with a quote", { fields: { 'a"': "/currency" } }, /^fields\.0: must have a name of /],
    ["a long name", { fields: { ["n".repeat(129)]: "/currency" } }, /^fields\.0: must have a name of /],
    ["a deep name", { fields: { "1.2.3.4.5.6.7.8.9": "/currency" } }, /^fields\.0: must have a name of /],
  ])("may not have %s", (_what, mapping, problem) => {
    expect(problemsOf(mapping)).toEqual([expect.stringMatching(problem)]);
  });

  it("has at most 200 fields, those inside each included", () => {
    const some = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, "/currency"]));
    const lines = (count: number) => ({
      each: "/lines",
      fields: Object.fromEntries(Array.from({ length: count }, (_, n) => [`l${n}`, "/quantity"])),
    });
    expect(problemsOf({ fields: { ...some(99), lines: lines(100) } })).toEqual([]);
    expect(problemsOf({ fields: { ...some(99), lines: lines(101) } })).toEqual([
      "fields: must have at most 200 fields, those inside each included",
    ]);
  });

  it("has all its problems told at once, and no word of what was written", () => {
    const problems = problemsOf({
      envelope: "CANARY",
      nulls: "CANARY",
      fields: {
        a: "/CANARY",
        b: "CANARY",
        c: { constant: { CANARY: 1 } },
        d: { template: "{/CANARY} CANARY {" },
        e: { each: "/lines", fields: { f: "/CANARY", 'CANARY"': "/quantity" } },
        g: { from: "/currency", CANARY: "CANARY" },
        h: { template: "{/vendor/CANARY}" },
      },
    });
    expect(problems).toHaveLength(10);
    expect(problems.join()).not.toContain("CANARY");
  });
});
