// Real: the rules. Doubled: nothing.
import { CODES } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { RULE_NAMES } from "./alert.ts";
import {
  CLOCK_OFF,
  DOCUMENT_CONDITIONS,
  EVENTS_SET_ASIDE,
  MAILS_REFUSED,
  RECORDING_BEHIND,
  RULE_OF_CODE,
} from "./alert-rules.ts";

describe("the alert rules", () => {
  it("know whose every deferral is, and every end that needs an operator", () => {
    const watched = Object.entries(CODES).filter(([, end]) => ["deferred", "undeliverable", "invalid"].includes(end));
    expect([...RULE_OF_CODE.keys()].sort()).toEqual(watched.map(([code]) => code).sort());
  });

  it("have one condition each", () => {
    const conditions = [...DOCUMENT_CONDITIONS, MAILS_REFUSED, EVENTS_SET_ASIDE, RECORDING_BEHIND, CLOCK_OFF];
    expect(conditions.map(({ rule }) => rule).sort()).toEqual([...RULE_NAMES].sort());
  });
});
