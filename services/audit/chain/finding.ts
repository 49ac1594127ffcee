/**
 * What `verify` finds. Each kind says what is certain; who changes a record may choose which kind that is, but not that
 * there is none.
 */
export type Fault =
  /** A field of the event is not what was recorded. */
  | "event_changed"
  /** The event that was recorded here is gone. */
  | "event_removed"
  /** Nobody recorded this event. */
  | "event_inserted"
  /** The event stands elsewhere in the order than where it was recorded. */
  | "event_moved"
  /** The address was replaced, and no signed erasure says so. */
  | "erasure_unsigned"
  /** The chain was computed anew from here: it holds, but no valid signature covers it. */
  | "events_resealed"
  /** The signature is by a trusted key's name, and not by that key. */
  | "signature_wrong"
  /** The signature is by a key that is not trusted. */
  | "key_unknown"
  /** The segment does not follow on the one before it: that one is an earlier state of itself, or one between is missing. */
  | "link_broken"
  /** The chain was begun anew here by an operator, because the head before it could not be trusted. */
  | "begun_anew"
  /** Events are there, their segment's row is not. */
  | "segment_missing"
  /** All events of a segment are gone, and no mark says that their time was over. */
  | "retired_without_mark"
  /** The head of the record is gone. */
  | "head_removed"
  /** There are other events, or fewer segments, than the head of the record was signed for. */
  | "count_wrong"
  /** A head that was kept outside is not part of this chain. */
  | "head_missing";

/** What a finding is about. */
export type Subject = "event" | "segment" | "retirement" | "recording";

export interface Finding {
  readonly fault: Fault;
  readonly subject: Subject;
  /** `_` for events without tenant; absent where it is about the whole record. */
  readonly tenant_id?: string;
  readonly day?: string;
  /** The first event that it is about: its number within the segment, and where it is there, its id and position. */
  readonly event?: NamedEvent;
  /** Events directly before it that no valid signature covers either: they may have been changed, too. */
  readonly unproven_before?: number;
}

export interface NamedEvent {
  readonly index?: number;
  readonly position?: number;
  readonly event_id?: string;
}

/** The finding as a line for a person. */
export function describeFinding(finding: Finding): string {
  const { fault, subject, tenant_id, day, event, unproven_before = 0 } = finding;
  const place = [tenant_id, day].filter((part) => part !== undefined).join(" ");
  const what = event === undefined ? SUBJECTS[subject] : nameOf(event);
  const unproven = unproven_before === 0 ? "" : ` (and nothing proves the ${unproven_before} before it)`;
  return `${place === "" ? "the record" : place}: ${fault}: ${what} ${SENTENCES[fault]}${unproven}`;
}

function nameOf({ index, position, event_id }: NamedEvent): string {
  const details = [
    ...(position === undefined ? [] : [`position ${position}`]),
    ...(event_id === undefined ? [] : [`id ${event_id}`]),
  ];
  const number = index === undefined ? "an event" : `event ${index}`;
  return details.length === 0 ? number : `${number} (${details.join(", ")})`;
}

const SUBJECTS: Readonly<Record<Subject, string>> = {
  event: "an event",
  segment: "the day's head",
  retirement: "the day's mark of retirement",
  recording: "the head of the record",
};

const SENTENCES: Readonly<Record<Fault, string>> = {
  event_changed: "is not as it was recorded",
  event_removed: "was recorded and is gone",
  event_inserted: "was never recorded",
  event_moved: "is not where it was recorded",
  erasure_unsigned: "has lost its sender's address without a signed erasure",
  events_resealed: "is the first of a stretch that was computed anew and never signed",
  signature_wrong: "has a signature that its key did not make",
  key_unknown: "is signed with a key that is not trusted",
  link_broken: "does not follow on the segment before it",
  begun_anew: "begins the chain anew: an operator has signed that the one before could not be trusted",
  segment_missing: "belongs to a day that has no head",
  retired_without_mark: "has no events left, and no mark says that their time was over",
  head_removed: "is gone",
  count_wrong: "does not speak for what there is",
  head_missing: "is not the one that was kept outside, nor does it follow on it",
};
