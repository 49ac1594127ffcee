// Real: the comparison. Doubled: what the sender, the ERP, the record and the ledger know, as facts.
import { randomUUID } from "node:crypto";
import { documentIdSchema, type EventType } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { type DocumentOnRecord, type EndOnRecord, NOT_ON_RECORD } from "./read-record.ts";
import { isBookedAndRefused, type KnownOfDocument, moreThan, noWrongs, type Wrongs, wrongsOf } from "./wrongs.ts";

const ID = documentIdSchema.parse(randomUUID());

const AS_DELIVERED: EndOnRecord = { type: "document.delivered", code: null };
const AS_NOT_PDF: EndOnRecord = { type: "document.refused", code: "document_not_pdf" };
const AS_MODEL_REFUSED: EndOnRecord = { type: "document.refused", code: "model_refused_document" };

/** A record that has these ends, all steps before them, and a row that says the same as the first. */
const ended = (...ends: readonly EndOnRecord[]): DocumentOnRecord => ({
  ends,
  told: new Set(["document.received", "document.claimed", "document.extracted", ...ends.map(({ type }) => type)]),
  status: ends[0]?.type.replace("document.", ""),
});

const DELIVERED: KnownOfDocument = {
  isReadable: true,
  mayEnd: ["delivered"],
  isAccepted: true,
  acceptedAs: ID,
  isAnsweredEarly: false,
  bookedAs: [ID],
  pushedAfterEnd: 0,
  struckSinceBooked: false,
  record: ended(AS_DELIVERED),
  settledAs: "delivered",
};
const REFUSED_UNREAD: KnownOfDocument = {
  ...DELIVERED,
  isReadable: false,
  mayEnd: ["document_not_pdf"],
  bookedAs: [],
  record: { ...ended(AS_NOT_PDF), told: new Set(["document.received", "document.refused"]) },
  settledAs: undefined,
};
/** The model read it once, and never again. */
const UNSTEADY: KnownOfDocument = { ...DELIVERED, mayEnd: ["delivered", "model_refused_document"] };
const UNSTEADY_REFUSED: KnownOfDocument = {
  ...UNSTEADY,
  struckSinceBooked: true,
  record: ended(AS_MODEL_REFUSED),
  settledAs: "refused",
};

function without(step: EventType, record: DocumentOnRecord): DocumentOnRecord {
  return { ...record, told: new Set([...record.told].filter((type) => type !== step)) };
}

const cases: readonly (readonly [what: string, known: KnownOfDocument, wrongs: readonly (keyof Wrongs)[]])[] = [
  ["nothing of a document that all know as delivered", DELIVERED, []],
  ["nothing of one that was refused as it came", REFUSED_UNREAD, []],
  ["nothing of one that was read once, and delivered", UNSTEADY, []],
  [
    "nothing of one that was refused when it was read again",
    { ...UNSTEADY_REFUSED, bookedAs: [], struckSinceBooked: false },
    [],
  ],
  ["nothing of one that was refused then, though the ERP had booked it before the strike", UNSTEADY_REFUSED, []],
  ["lost, when the sender gave up", { ...DELIVERED, isAccepted: false, acceptedAs: undefined }, ["lost"]],
  ["doubled, when it was booked under two ids", { ...DELIVERED, bookedAs: [ID, randomUUID()] }, ["doubled"]],
  ["doubled, when it was pushed again after its end", { ...DELIVERED, pushedAfterEnd: 1 }, ["doubled"]],
  [
    "answered without delivery, when the ERP does not have it",
    { ...DELIVERED, bookedAs: [] },
    ["answered_without_delivery"],
  ],
  [
    "answered without delivery, when the ERP has it under another id",
    { ...DELIVERED, bookedAs: [randomUUID()] },
    ["answered_without_delivery"],
  ],
  [
    "answered without delivery, when no answer names it",
    { ...DELIVERED, acceptedAs: undefined },
    ["answered_without_delivery"],
  ],
  [
    "answered early, when the answer came before the end, or one named another document",
    { ...DELIVERED, isAnsweredEarly: true },
    ["answered_early"],
  ],
  [
    "both, when nothing but the sender knows of it",
    { ...DELIVERED, bookedAs: [], record: NOT_ON_RECORD, settledAs: undefined },
    ["answered_without_delivery", "audit_missing"],
  ],
  ["missing, when the record has no end", { ...DELIVERED, record: NOT_ON_RECORD }, ["audit_missing"]],
  ...(["document.received", "document.claimed", "document.extracted"] as const).map(
    (step) =>
      [
        `missing, when the record has an end without ${step}`,
        { ...DELIVERED, record: without(step, ended(AS_DELIVERED)) },
        ["audit_missing"],
      ] as const,
  ),
  [
    "missing, when the list of documents shows another end than the record has",
    { ...DELIVERED, record: { ...ended(AS_DELIVERED), status: "extracted" } },
    ["audit_missing"],
  ],
  ["missing, when the ledger does not know it", { ...DELIVERED, settledAs: undefined }, ["audit_missing"]],
  ["missing, when the ledger knows another end", { ...UNSTEADY, settledAs: "refused" }, ["audit_missing"]],
  [
    "missing, when it came to an end that it cannot come to",
    {
      ...DELIVERED,
      record: ended({ type: "document.invalid", code: "extraction_failed_validation" }),
      settledAs: "refused",
    },
    ["audit_missing"],
  ],
  [
    "both, when it was refused for another reason than it may be, and the ERP does not have it",
    {
      ...UNSTEADY_REFUSED,
      bookedAs: [],
      record: ended({ type: "document.refused", code: "document_over_parser_limits" }),
    },
    ["answered_without_delivery", "audit_missing"],
  ],
  [
    "both, when it ended in another way for the same reason",
    {
      ...UNSTEADY_REFUSED,
      bookedAs: [],
      record: ended({ type: "document.undeliverable", code: "model_refused_document" }),
    },
    ["answered_without_delivery", "audit_missing"],
  ],
  [
    "missing, when it was refused after the ERP had booked it, and nobody was struck then",
    { ...UNSTEADY_REFUSED, struckSinceBooked: false },
    ["audit_missing"],
  ],
  [
    "missing, when what was refused unread is delivered",
    { ...REFUSED_UNREAD, record: ended(AS_DELIVERED) },
    ["answered_without_delivery", "audit_missing"],
  ],
  [
    "double, when the record has two ends",
    { ...UNSTEADY, struckSinceBooked: true, record: ended(AS_DELIVERED, AS_MODEL_REFUSED) },
    ["audit_double"],
  ],
];

describe("what everybody knows of a document", () => {
  it.each(cases)("is wrong by %s", (_what, known, wrongs) => {
    expect(wrongsOf(known)).toEqual({ ...noWrongs(), ...Object.fromEntries(wrongs.map((name) => [name, 1])) });
  });

  it("is booked and refused, when the ERP has what the record calls refused", () => {
    expect([UNSTEADY_REFUSED, UNSTEADY, { ...UNSTEADY_REFUSED, bookedAs: [] }].map(isBookedAndRefused)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("has come to what it was not before", () => {
    const before = { ...noWrongs(), lost: 1, audit_missing: 1 };
    expect(moreThan(before, { ...noWrongs(), lost: 2, doubled: 1 })).toEqual({ ...noWrongs(), lost: 1, doubled: 1 });
  });

  it("has a case for every kind of wrong", () => {
    expect(new Set(cases.flatMap(([, , wrongs]) => wrongs))).toEqual(new Set(Object.keys(noWrongs())));
  });
});
