// Real: the page's words beside the contracts' lists. Nothing is doubled.
import { CODES, EVENT_TYPES, stageSchema } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { ALERT_RULES } from "../alerts/alert-rules.ts";
import { DOCUMENT_STATUSES } from "../projection/document-row.ts";
import { ALERT_MEANINGS } from "./page/vocabulary/alert-rules.js";
import { CODE_MEANINGS } from "./page/vocabulary/codes.js";
import { EVENT_WORDS } from "./page/vocabulary/events.js";
import { STAGES } from "./page/vocabulary/stages.js";
import { STATUS_ORDER } from "./page/vocabulary/statuses.js";

/** The ends of a document; the others are those of a whole mail, which is no document. */
const DOCUMENT_ENDS: readonly string[] = ["refused", "invalid", "undeliverable", "deferred"];

describe("the words of the page", () => {
  it("tell every status", () => {
    expect([...STATUS_ORDER].toSorted()).toEqual([...DOCUMENT_STATUSES].toSorted());
  });

  it("tell every code that a document can end with, and no other", () => {
    const codes = Object.entries(CODES).flatMap(([code, end]) => (DOCUMENT_ENDS.includes(end) ? [code] : []));
    expect(Object.keys(CODE_MEANINGS)).toEqual(codes);
  });

  it("tell every event about a document", () => {
    const types = EVENT_TYPES.filter((type) => type.startsWith("document."));
    expect(Object.keys(EVENT_WORDS).toSorted()).toEqual(types.toSorted());
  });

  it("tell every rule of an alert", () => {
    expect(Object.keys(ALERT_MEANINGS)).toEqual(Object.keys(ALERT_RULES));
  });

  it("tell every stage, in the order of the path", () => {
    expect(STAGES.map(({ stage }) => stage)).toEqual(stageSchema.options);
  });
});
