import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ALERT_RULE_NAMES } from "../libs/contracts/index.ts";
import { RULE_OF_CODE } from "../services/audit/alerts/alert-rules.ts";

// Real: the page about alerts and the rules. Doubled: nothing.

const PAGE = readFileSync(new URL("../docs/operations/alerts.md", import.meta.url), "utf8");
const rows = new Map(
  PAGE.split("\n").flatMap((line) => {
    const rule = /^\| `(\w+)` \|/.exec(line)?.[1];
    return rule === undefined ? [] : [[rule, line] as const];
  }),
);

it("the page about alerts has a row for each rule, with the codes that it is about", () => {
  expect([...rows.keys()].sort()).toEqual([...ALERT_RULE_NAMES].sort());
  for (const [code, rule] of RULE_OF_CODE) expect(rows.get(rule)).toContain(`\`${code}\``);
});
