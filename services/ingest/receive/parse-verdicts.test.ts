import { describe, expect, it } from "vitest";
import { parseVerdicts } from "./parse-verdicts.ts";

/* Real: the parser; fields as SendGrid writes them. Nothing is doubled. */

const parse = (spf: string, dkim: string) => parseVerdicts(Buffer.from(spf, "latin1"), Buffer.from(dkim, "latin1"));

describe("parseVerdicts", () => {
  it.each<[string, string | undefined]>([
    ["pass", "pass"],
    [" Pass\r\n", "pass"],
    ["softfail", "softfail"],
    ["none", "none"],
    ["", undefined],
    ["pass (sender is authorised)", undefined],
    ["pa\u0000ss", undefined],
  ])("reads the SPF verdict %j as %j", (field, verdict) => {
    expect(parse(field, "").spf).toBe(verdict);
  });

  it.each<[string, string[]]>([
    ["{@sendgrid.com : pass}", ["sendgrid.com"]],
    ["{@a.example : pass, @b.example : temperror}", ["a.example"]],
    ["{@a.example : fail, @B.example:PASS}", ["b.example"]],
    ["none", []],
    ["", []],
    ["{}", []],
    ['{"@a.example":"pass"}', []],
    ["{@a.example : passed}", []],
  ])("finds the domains that signed in %j: %j", (field, domains) => {
    expect(parse("", field).dkimPassed).toEqual(domains);
  });
});
