import { setTimeout as sleep } from "node:timers/promises";
import type { DocumentId } from "@flowstate/contracts";
import type { MailFate } from "@flowstate/local/doubles/sendgrid.ts";
import type { CrashDocument } from "../plan/build-mail.ts";
import type { CrashSystem } from "../system/crash-system.ts";
import { type DocumentOnRecord, NOT_ON_RECORD, type RecordReader } from "./read-record.ts";
import type { SettlementReader } from "./settlements.ts";
import { addWrongs, isBookedAndRefused, isComplete, noWrongs, type Wrongs, wrongsOf } from "./wrongs.ts";

/** A document whose mail has left the sender's queue. */
export interface EndedDocument extends Pick<CrashDocument, "number" | "mayEnd"> {
  readonly fate: MailFate["fate"];
  /** As the last answer says; undefined when the sender gave up. */
  readonly documentId: DocumentId | undefined;
  /** As the first 2xx said, the same where there was no other. */
  readonly firstDocumentId: DocumentId | undefined;
  /** When the sender was first told that the mail is done, milliseconds since 1970. */
  readonly answeredAt: number;
}

const POLL_MS = 1_000;
/**
 * How long after the ERP has booked a document the ledger knows it, if nobody is struck: tenths of a second, on a machine that
 * has more to do than it can.
 */
const OUTCOME_CARRIED_MS = 10_000;

/** What a comparison of several documents came to. */
export interface Compared {
  readonly wrongs: Wrongs;
  /** How many the ERP has and the record calls refused: see `isBookedAndRefused`. */
  readonly bookedAndRefused: number;
}

/** Who is asked. */
export interface Witnesses {
  readonly system: Pick<CrashSystem, "erpLedger" | "strikes">;
  readonly settlements: SettlementReader;
  readonly record: RecordReader;
}

/** Compares what the sender was told with what the ERP, the record and the ledger know, once the record has had its time. */
export async function checkDocuments(
  { system, settlements, record: reader }: Witnesses,
  documents: readonly EndedDocument[],
  recordLimitMs: number,
): Promise<Compared> {
  const wrongs = noWrongs();
  let bookedAndRefused = 0;
  const records = await onceOnRecord(reader, documents, recordLimitMs);
  for (const { number, mayEnd, fate, documentId, firstDocumentId, answeredAt } of documents) {
    const settlement = documentId === undefined ? undefined : await settlements.of(documentId);
    const settledAt = settlement?.settledAt ?? Number.POSITIVE_INFINITY;
    const endedAt = Math.min(answeredAt, settledAt);
    const bookedAt = number === undefined ? undefined : system.erpLedger.firstBookedAt(number);
    const known = {
      isReadable: number !== undefined,
      mayEnd,
      isAccepted: fate === "accepted",
      acceptedAs: documentId,
      isAnsweredEarly: documentId !== firstDocumentId || (number !== undefined && answeredAt < settledAt),
      bookedAs: number === undefined ? [] : system.erpLedger.idsOf(number),
      pushedAfterEnd: number === undefined ? 0 : system.erpLedger.requestsSignedAfter(number, endedAt),
      struckSinceBooked:
        bookedAt !== undefined && system.strikes.anyBetween(bookedAt, Math.min(endedAt, bookedAt + OUTCOME_CARRIED_MS)),
      record: recordIn(records, documentId),
      settledAs: settlement?.word,
    };
    addWrongs(wrongs, wrongsOf(known));
    if (isBookedAndRefused(known)) bookedAndRefused += 1;
  }
  return { wrongs, bookedAndRefused };
}

type Records = ReadonlyMap<string, DocumentOnRecord>;

/** Waits while of some there is not all. */
async function onceOnRecord(
  reader: RecordReader,
  documents: readonly EndedDocument[],
  recordLimitMs: number,
): Promise<Records> {
  const ids = documents.flatMap(({ documentId }) => documentId ?? []);
  for (const giveUpAt = performance.now() + recordLimitMs; ; await sleep(POLL_MS)) {
    const records = await reader.of(ids);
    const areComplete = documents.every(
      ({ documentId, number }) =>
        documentId === undefined || isComplete(recordIn(records, documentId), number !== undefined),
    );
    if (areComplete || performance.now() > giveUpAt) return records;
  }
}

function recordIn(records: Records, documentId: DocumentId | undefined): DocumentOnRecord {
  return (documentId === undefined ? undefined : records.get(documentId)) ?? NOT_ON_RECORD;
}
