// Real: the rules. Doubled: nothing.
import { ALERT_RULE_NAMES, CODES } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import {
  CLOCK_OFF,
  DOCUMENT_CONDITIONS,
  DOCUMENTS_OVERHEARD,
  EVENTS_SET_ASIDE,
  GIVEN_UP,
  MAILS_REFUSED,
  RECORDING_BEHIND,
  RETENTION_HEAD_NOT_TRUSTED,
  RETENTION_OVERDUE,
  RULE_OF_CODE,
  STREAM_SILENT,
} from "./alert-rules.ts";

describe("the alert rules", () => {
  it("know whose every deferral is, and every end that needs an operator", () => {
    const watched = Object.entries(CODES).filter(([, end]) => ["deferred", "undeliverable", "invalid"].includes(end));
    expect([...RULE_OF_CODE.keys()].sort()).toEqual(watched.map(([code]) => code).sort());
  });

  it("have one condition each", () => {
    const ofDocuments = [...DOCUMENT_CONDITIONS, GIVEN_UP];
    const ofInstances = [RECORDING_BEHIND, STREAM_SILENT, CLOCK_OFF, DOCUMENTS_OVERHEARD];
    const ofRecord = [MAILS_REFUSED, EVENTS_SET_ASIDE, RETENTION_OVERDUE, RETENTION_HEAD_NOT_TRUSTED];
    const conditions = [...ofDocuments, ...ofInstances, ...ofRecord];
    expect(conditions.map(({ rule }) => rule).sort()).toEqual([...ALERT_RULE_NAMES].sort());
  });
});
