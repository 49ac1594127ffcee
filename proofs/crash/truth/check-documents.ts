import { setTimeout as sleep } from "node:timers/promises";
import type { DocumentId } from "@flowstate/contracts";
import type { MailFate } from "@flowstate/local/doubles/sendgrid.ts";
import type { CrashDocument } from "../plan/build-mail.ts";
import type { CrashSystem } from "../system/crash-system.ts";
import { type EndsOnRecord, readEnds } from "./read-ends.ts";
import type { SettlementReader } from "./settlements.ts";
import { addWrongs, noWrongs, type Wrongs, wrongsOf } from "./wrongs.ts";

/** A document whose mail has left the sender's queue. */
export interface EndedDocument extends Pick<CrashDocument, "number" | "mayEnd"> {
  readonly fate: MailFate["fate"];
  /** As the last answer says; undefined when the sender gave up. */
  readonly documentId: DocumentId | undefined;
  /** When the sender was first told that the mail is done, milliseconds on the monotonic clock. */
  readonly answeredAt: number;
}

const POLL_MS = 250;

/** Compares what the sender was told with what the ERP, the record and the ledger know, once the record has had its time. */
export async function checkDocuments(
  system: CrashSystem,
  settlements: SettlementReader,
  documents: readonly EndedDocument[],
  recordLimitMs: number,
): Promise<Wrongs> {
  const wrongs = noWrongs();
  const ids = documents.flatMap(({ documentId }) => documentId ?? []);
  const ends = await endsOnRecord(system.databaseUrl, ids, recordLimitMs);
  for (const { number, mayEnd, fate, documentId, answeredAt } of documents) {
    const known = {
      isReadable: number !== undefined,
      mayEnd,
      acceptedAs: fate === "accepted" ? documentId : undefined,
      bookedAs: number === undefined ? [] : system.erpLedger.idsOf(number),
      sentAfterAnswer: number === undefined ? 0 : system.erpLedger.requestsAfter(number, answeredAt),
      ends: documentId === undefined ? [] : (ends.get(documentId) ?? []),
      settledAs: documentId === undefined ? undefined : await settlements.of(documentId),
    };
    addWrongs(wrongs, wrongsOf(known));
  }
  return wrongs;
}

/** Waits while some have none. */
async function endsOnRecord(
  databaseUrl: string,
  ids: readonly DocumentId[],
  recordLimitMs: number,
): Promise<EndsOnRecord> {
  for (const giveUpAt = performance.now() + recordLimitMs; ; await sleep(POLL_MS)) {
    const ends = await readEnds(databaseUrl, ids).catch(() => undefined);
    if (ends !== undefined && (ids.every((id) => ends.has(id)) || performance.now() > giveUpAt)) return ends;
  }
}
