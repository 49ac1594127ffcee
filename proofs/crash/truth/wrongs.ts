import { type DocumentId, type EventType, type SettlementWord, settledAs } from "@flowstate/contracts";
import type { PossibleEnd } from "../plan/build-mail.ts";
import type { DocumentOnRecord, EndOnRecord } from "./read-record.ts";

/** What went wrong, by kind: of how many documents. All zero is what the proof is about. */
export interface Wrongs {
  /** The sender gave up. */
  lost: number;
  /** Booked under two ids, or pushed once more after its end was settled or its sender told that it is done. */
  doubled: number;
  /** 2xx, and neither booked nor refused. */
  answered_without_delivery: number;
  /** 2xx before the ledger knew the end, or a second one that names another document than the first. */
  answered_early: number;
  /**
   * No end on record, another than the ledger's or than the list of documents shows, one without the steps before it, or one
   * that the document cannot come to: to be refused, though the ERP had booked it and nobody who knew of that was struck.
   */
  audit_missing: number;
  /** More than one end on record. */
  audit_double: number;
}

export const noWrongs = (): Wrongs => ({
  lost: 0,
  doubled: 0,
  answered_without_delivery: 0,
  answered_early: 0,
  audit_missing: 0,
  audit_double: 0,
});

export function addWrongs(sum: Wrongs, more: Partial<Wrongs>): void {
  for (const name of Object.keys(sum) as (keyof Wrongs)[]) sum[name] += more[name] ?? 0;
}

/** What has come to it since `before`. */
export function moreThan(before: Wrongs, now: Wrongs): Wrongs {
  const more = noWrongs();
  for (const name of Object.keys(more) as (keyof Wrongs)[]) more[name] = Math.max(0, now[name] - before[name]);
  return more;
}

/** What everybody knows of one document whose mail has left the sender's queue. */
export interface KnownOfDocument {
  /** Whether it can be read; what cannot is refused while it is received, and the ledger never hears of it. */
  readonly isReadable: boolean;
  readonly mayEnd: readonly PossibleEnd[];
  /** The sender: whether it was told by a 2xx that all is done, or gave up. */
  readonly isAccepted: boolean;
  /** The document's id in that answer; undefined when it has none. */
  readonly acceptedAs: DocumentId | undefined;
  /** Whether the 2xx came before the ledger knew the end, or another one did that names another document. */
  readonly isAnsweredEarly: boolean;
  /** The ERP: the ids under which it was booked. */
  readonly bookedAs: readonly string[];
  /** The ERP: how often it was sent by somebody who began after the settlement, or after the sender's 2xx. */
  readonly pushedAfterEnd: number;
  /** Whether it was struck what carries the outcome of a push, while that of the first booking was under way. */
  readonly struckSinceBooked: boolean;
  readonly record: DocumentOnRecord;
  /** The ledger; undefined when it does not know the document. */
  readonly settledAs: SettlementWord | undefined;
}

/** Compares what everybody knows of one document. */
export function wrongsOf(known: KnownOfDocument): Wrongs {
  const wrongs = noWrongs();
  const { isReadable, mayEnd, acceptedAs, bookedAs, record } = known;
  const { ends } = record;
  if (bookedAs.length > 1 || known.pushedAfterEnd > 0) wrongs.doubled = 1;
  if (ends.length > 1) wrongs.audit_double = 1;
  if (!known.isAccepted) {
    wrongs.lost = 1;
    return wrongs;
  }
  const [end] = ends;
  const isPossible = end !== undefined && mayEnd.some((possible) => isEnd(end, possible));
  const isRefused = isPossible && settledAs(end) === "refused";
  const isBooked = acceptedAs !== undefined && bookedAs.includes(acceptedAs);
  if (acceptedAs === undefined || (!isRefused && !isBooked)) wrongs.answered_without_delivery = 1;
  if (known.isAnsweredEarly) wrongs.answered_early = 1;
  const expected = end !== undefined && isReadable ? settledAs(end) : undefined;
  const isExplained = !isBookedAndRefused(known) || known.struckSinceBooked;
  const isOnRecord = isPossible && isComplete(record, isReadable) && isExplained;
  if (!isOnRecord || known.settledAs !== expected) wrongs.audit_missing = 1;
  return wrongs;
}

/**
 * Whether the record has all that it must have of a document: an end, whatever was on record before the work began that led to
 * it (ADR 0049), and the document's row, which says the same.
 */
export function isComplete({ ends: [end], told, status }: DocumentOnRecord, isReadable: boolean): boolean {
  return (
    end !== undefined && `document.${status}` === end.type && stepsTo(end, isReadable).every((type) => told.has(type))
  );
}

function stepsTo({ type }: EndOnRecord, isReadable: boolean): readonly EventType[] {
  if (!isReadable) return ["document.received"];
  const claimed = ["document.received", "document.claimed"] as const;
  return type === "document.delivered" ? [...claimed, "document.extracted"] : claimed;
}

function isEnd({ type, code }: EndOnRecord, possible: PossibleEnd): boolean {
  return possible === "delivered" ? type === "document.delivered" : type === "document.refused" && code === possible;
}

/**
 * Whether the ERP has a document that the record calls refused. That may be, of a document that is read otherwise the second
 * time, when whoever knew of the push was struck before the ledger knew (ADR 0043); how often is told, and it is wrong
 * wherever nobody was.
 */
export function isBookedAndRefused({ bookedAs, record }: KnownOfDocument): boolean {
  return bookedAs.length > 0 && record.ends.some((end) => settledAs(end) === "refused");
}
