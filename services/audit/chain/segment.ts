import { hash } from "node:crypto";
import { z } from "zod";
import { bigint, bytes, day, optionalBytes, optionalDay, optionalText, text } from "../database/columns.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Signature, SigningKey, Statement, TrustedKeys, Verdict } from "./signing.ts";

/** Stands for "no tenant" among the segments, as it does in the stream's subjects. No tenant can have this id. */
export const NO_TENANT = "_";

/** What a head says: which events one tenant's day consists of, and on which day before it they follow. */
export const segmentHeadSchema = z.object({
  /** `_` for events that belong to no tenant. */
  tenant_id: text,
  /** The UTC day of recording. */
  day,
  first_position: bigint,
  last_position: bigint,
  event_count: bigint,
  /** The digest of the tenant's last segment before this one; null for its first. */
  previous_digest: optionalBytes,
  /** After the last event. */
  digest: bytes,
  key_id: text,
  signature: bytes,
});

/** A segment as the table `segments` keeps it, for ever: when its events are gone, head and retirement remain. */
export const segmentSchema = segmentHeadSchema.extend({
  retired_on: optionalDay,
  retirement_key_id: optionalText,
  retirement_signature: optionalBytes,
});
export type Segment = z.output<typeof segmentSchema>;

type Unsigned<T> = Omit<T, keyof Signature>;
export type SegmentHead = Pick<Segment, keyof z.output<typeof segmentHeadSchema>>;

/** The digest before a segment's first event. */
export function startDigest({
  tenant_id,
  day,
  previous_digest,
}: Pick<SegmentHead, "tenant_id" | "day" | "previous_digest">): Buffer {
  const statement = "flowstate.audit.segment-start.v1";
  const start = canonicalJson({ statement, tenant_id, day, previous_digest });
  return hash("sha256", start, "buffer");
}

export function signHead(head: Unsigned<SegmentHead>, key: SigningKey): SegmentHead {
  return { ...head, ...key.sign(headStatement(head)) };
}

export function checkHead(head: SegmentHead, keys: TrustedKeys): Verdict {
  return keys.check(headStatement(head), head);
}

function headStatement(head: Unsigned<SegmentHead>): Statement {
  return {
    statement: "flowstate.audit.segment-head.v1",
    tenant_id: head.tenant_id,
    day: head.day,
    first_position: head.first_position,
    last_position: head.last_position,
    event_count: head.event_count,
    previous_digest: head.previous_digest,
    digest: head.digest,
  };
}

type Retirement = Pick<Segment, "retired_on" | "retirement_key_id" | "retirement_signature">;

/** The mark that a segment's events were removed because their time was over. */
export function retire(head: SegmentHead, retiredOn: string, key: SigningKey): Retirement {
  const { key_id, signature } = key.sign(retirementStatement(head, retiredOn));
  return { retired_on: retiredOn, retirement_key_id: key_id, retirement_signature: signature };
}

/** `none` when there is no mark at all; half a mark is a wrong one. */
export function checkRetirement(segment: Segment, keys: TrustedKeys): Verdict | "none" {
  const { retired_on, retirement_key_id, retirement_signature } = segment;
  if (retired_on === null && retirement_key_id === null && retirement_signature === null) return "none";
  if (retired_on === null || retirement_key_id === null || retirement_signature === null) return "wrong";
  const signature = { key_id: retirement_key_id, signature: retirement_signature };
  return keys.check(retirementStatement(segment, retired_on), signature);
}

function retirementStatement({ tenant_id, day, digest }: SegmentHead, retiredOn: string): Statement {
  return {
    statement: "flowstate.audit.retirement.v1",
    tenant_id,
    day,
    digest,
    retired_on: retiredOn,
  };
}
