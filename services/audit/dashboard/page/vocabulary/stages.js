/** @import { DocumentRow, Stage } from "../api/types.js" */

/**
 * The stages in the order of the path, with the field of a document that says how long each took.
 *
 * @type {readonly { stage: Stage, word: string, field: keyof DocumentRow & `${Stage}_duration_ms` }[]}
 */
export const STAGES = [
  { stage: "receive", word: "Receive", field: "receive_duration_ms" },
  { stage: "claim", word: "Claim", field: "claim_duration_ms" },
  { stage: "extract", word: "Extract", field: "extract_duration_ms" },
  { stage: "deliver", word: "Deliver", field: "deliver_duration_ms" },
];
