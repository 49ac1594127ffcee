import { describe, expect, it } from "vitest";
import { MAPPING_LIMITS } from "./mapping.ts";
import { readTemplate } from "./template.ts";

// Pure.

describe("readTemplate", () => {
  it.each([
    ["{/a}", [{ pointer: "/a" }]],
    ["R-{/a}/{/b/c}.", [{ text: "R-" }, { pointer: "/a" }, { text: "/" }, { pointer: "/b/c" }, { text: "." }]],
    ["{{{/a}}}", [{ text: "{" }, { pointer: "/a" }, { text: "}" }]],
    ["{{/a}}", [{ text: "{" }, { text: "/a" }, { text: "}" }]],
    ["no value", [{ text: "no value" }]],
    ["", []],
    ["<%= $ %> {/a}", [{ text: "<%= $ %> " }, { pointer: "/a" }]],
    ["{/a", undefined],
    ["/a}", undefined],
    ["{/a}}", undefined],
    ["{{/a}", undefined],
    ["{/a{/b}}", undefined],
  ])("reads %j", (template, parts) => {
    expect(readTemplate(template)).toEqual(parts);
  });

  it("takes a template's code for a pointer, which then does not exist", () => {
    expect(readTemplate("{process.exit()}")).toEqual([{ pointer: "process.exit()" }]);
  });

  it("refuses one that is too long", () => {
    expect(readTemplate("x".repeat(MAPPING_LIMITS.templateLength))).toBeDefined();
    expect(readTemplate("x".repeat(MAPPING_LIMITS.templateLength + 1))).toBeUndefined();
  });
});
