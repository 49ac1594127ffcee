// Real: the fold. Doubled: nothing.
import { createHash } from "node:crypto";
import { EVENT_TYPES, type EventType } from "@flowstate/contracts";
import { expect, it } from "vitest";
import { documentEvent, sampleEvent } from "../testing/sample-events.ts";
import type { FoldedDocument } from "./document-row.ts";
import { DOCUMENTS_VERSION, foldDocument } from "./fold-document.ts";

/** What each version makes of the histories that the test had in its time. A line once written stays. */
const DIGESTS: Readonly<Record<number, string>> = {
  1: "c6df40000f2cc20cea77d31876724d8df8fe0b183cc3def2239399e8392fbf7a",
  2: "9bcbfe172c967538cd9ed203c58034373fc7a9f05839cb7930d2976b3ded9e90",
  3: "777063afe8326bc037ef1210e38eb02c89761014d79fb7f7705a35fe95ac90b8",
  4: "0709b07d4608e685909892c33248dd61d525d3d2b2bd48af994d69fdeb32cb49",
  5: "d3efb798edb42a90ab807b6f0254be32ba584478642e8850661289865503e5e0",
};

const isOfDocument = (type: EventType): type is Extract<EventType, `document.${string}`> =>
  type.startsWith("document.");
const TYPES = EVENT_TYPES.filter(isOfDocument);
/** One event of each type, and one of an attempt that finds the document claimed by another. */
const STEPS = [...TYPES, "claimed_elsewhere"] as const;
const ID = (step: number) => `00000000-0000-8000-8000-00000000000${step}`;

/** The row that this history leads to, without the version, which is not what it says about the document. */
function rowAfter(history: readonly (typeof STEPS)[number][]): Omit<FoldedDocument, "projection_version"> | undefined {
  const row = history
    .map((happened, step) => {
      const placed = { id: ID(step), time: `2026-11-23T09:00:0${step}.000Z` };
      const event =
        happened === "claimed_elsewhere"
          ? sampleEvent("document.deferred", { ...placed, data: { code: happened, stage: "claim" } })
          : sampleEvent(happened, placed);
      return documentEvent(event, step);
    })
    .reduce<FoldedDocument | undefined>(foldDocument, undefined);
  if (row === undefined) return undefined;
  const { projection_version: _, ...told } = row;
  return told;
}

it("a fold that makes other rows has another version, so that those of the earlier one are made anew", () => {
  const histories = STEPS.flatMap((a) => STEPS.flatMap((b) => STEPS.map((c) => [a, b, c])));
  const digest = createHash("sha256")
    .update(JSON.stringify(histories.map(rowAfter)))
    .digest("hex");
  expect(DIGESTS[DOCUMENTS_VERSION], "raise DOCUMENTS_VERSION and add a line").toBe(digest);
});
