import { z } from "zod";
import { bigint, optionalBytes, optionalDay, optionalText, optionalTime } from "../database/columns.ts";
import type { SigningKey, Statement, TrustedKeys, Verdict } from "./signing.ts";

/**
 * The head of the whole record: how many events and segments there are, over all tenants. Positions have no gaps, so the
 * last one is the number of events that were ever recorded, and a tenant, a day or an end that is gone leaves a gap. Null
 * where nothing was recorded yet.
 */
export const recordingHeadSchema = z.object({
  position: bigint,
  recorded_on: optionalDay,
  recorded_at: optionalTime,
  segment_count: bigint,
  key_id: optionalText,
  signature: optionalBytes,
});
export type RecordingHead = z.output<typeof recordingHeadSchema>;

type Unsigned = Omit<RecordingHead, "key_id" | "signature">;

export function signRecordingHead(head: Unsigned, key: SigningKey): RecordingHead {
  return { ...head, ...key.sign(headStatement(head)) };
}

/** `valid` also for the head of a record in which there is nothing yet. */
export function checkRecordingHead(head: RecordingHead, keys: TrustedKeys): Verdict {
  const { position, segment_count, key_id, signature } = head;
  if (key_id === null && signature === null && position === 0 && segment_count === 0) return "valid";
  if (key_id === null || signature === null) return "wrong";
  return keys.check(headStatement(head), { key_id, signature });
}

function headStatement({ position, recorded_on, recorded_at, segment_count }: Unsigned): Statement {
  return { statement: "flowstate.audit.recording-head.v1", position, recorded_on, recorded_at, segment_count };
}
