// Real: the comparison. Doubled: what the sender, the ERP, the record and the ledger know, as facts.
import { randomUUID } from "node:crypto";
import { documentIdSchema } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { isBookedAndRefused, type KnownOfDocument, moreThan, noWrongs, type Wrongs, wrongsOf } from "./wrongs.ts";

const ID = documentIdSchema.parse(randomUUID());

const DELIVERED: KnownOfDocument = {
  isReadable: true,
  mayEnd: ["delivered"],
  acceptedAs: ID,
  bookedAs: [ID],
  pushedAfterEnd: 0,
  struckSinceBooked: false,
  ends: ["document.delivered"],
  settledAs: "delivered",
};
const REFUSED_UNREAD: KnownOfDocument = {
  ...DELIVERED,
  isReadable: false,
  mayEnd: ["refused"],
  bookedAs: [],
  ends: ["document.refused"],
  settledAs: undefined,
};
/** The model read it once, and never again. */
const UNSTEADY: KnownOfDocument = { ...DELIVERED, mayEnd: ["delivered", "refused"] };
const UNSTEADY_REFUSED: KnownOfDocument = {
  ...UNSTEADY,
  struckSinceBooked: true,
  ends: ["document.refused"],
  settledAs: "refused",
};

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
  ["lost, when the sender gave up", { ...DELIVERED, acceptedAs: undefined }, ["lost"]],
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
    "both, when nothing but the sender knows of it",
    { ...DELIVERED, bookedAs: [], ends: [], settledAs: undefined },
    ["answered_without_delivery", "audit_missing"],
  ],
  ["missing, when the record has no end", { ...DELIVERED, ends: [] }, ["audit_missing"]],
  ["missing, when the ledger does not know it", { ...DELIVERED, settledAs: undefined }, ["audit_missing"]],
  ["missing, when the ledger knows another end", { ...UNSTEADY, settledAs: "refused" }, ["audit_missing"]],
  [
    "missing, when it came to an end that it cannot come to",
    { ...DELIVERED, ends: ["document.invalid"], settledAs: "refused" },
    ["audit_missing"],
  ],
  [
    "missing, when it was refused after the ERP had booked it, and nobody was struck",
    { ...UNSTEADY_REFUSED, struckSinceBooked: false },
    ["audit_missing"],
  ],
  [
    "missing, when what was refused unread is delivered",
    { ...REFUSED_UNREAD, ends: ["document.delivered"] },
    ["answered_without_delivery", "audit_missing"],
  ],
  [
    "double, when the record has two ends",
    { ...UNSTEADY, struckSinceBooked: true, ends: ["document.delivered", "document.refused"] },
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
